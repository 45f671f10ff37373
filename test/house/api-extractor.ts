/**
 * The public signatures of every door, as API Extractor reads them off the built declarations.
 *
 * Only the reading; api-report.test.ts says what must hold.
 */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  Extractor,
  ExtractorConfig,
  type ExtractorMessage,
  type IConfigFile,
} from "@microsoft/api-extractor";

/** One door of the package. */
export interface DoorReport {
  /** The file name of the report, such as `redis.api.md`. */
  readonly file: string;
  readonly text: string;
  /** Types that a signature mentions and that the door does not export. */
  readonly forgotten: readonly string[];
}

const root = path.resolve(import.meta.dirname, "../..");

const silent = { default: { logLevel: "none", addToApiReportFile: false } } as const;
const messages = {
  compilerMessageReporting: silent,
  tsdocMessageReporting: silent,
  extractorMessageReporting: {
    ...silent,
    "ae-forgotten-export": { logLevel: "warning", addToApiReportFile: false },
  },
} as unknown as NonNullable<IConfigFile["messages"]>;

/** Reads one door's declarations, such as `dist/redis.d.ts`. `name`: for the file of the report. */
export function reportOf(name: string, declarations: string): DoorReport {
  const folder = mkdtempSync(path.join(tmpdir(), "modeshift-api-"));
  const file = `${name}.api.md`;
  const forgotten: string[] = [];
  try {
    Extractor.invoke(configFor(declarations, folder, file), {
      localBuild: true,
      messageCallback: (message) => {
        if (isForgottenExport(message)) forgotten.push(/"(\w+)"/.exec(message.text)?.[1] ?? message.text);
        message.handled = true;
      },
    });
    return { file, forgotten, text: asPage(name, readFileSync(path.join(folder, file), "utf8")) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function isForgottenExport({ messageId }: ExtractorMessage): boolean {
  return messageId === "ae-forgotten-export";
}

function configFor(declarations: string, folder: string, reportFileName: string): ExtractorConfig {
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2023", lib: ["es2023", "esnext.disposable"] },
    ...{ strict: true, skipLibCheck: true, types: ["node"] },
  };
  return ExtractorConfig.prepare({
    configObject: {
      newlineKind: "lf",
      projectFolder: root,
      mainEntryPointFilePath: path.join(root, declarations),
      compiler: { overrideTsconfig: { compilerOptions, files: [path.join(root, declarations)] } },
      apiReport: { enabled: true, reportFileName, reportFolder: folder, reportTempFolder: folder },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages,
    },
    configObjectFullPath: undefined,
    packageJsonFullPath: path.join(root, "package.json"),
  });
}

/** The report under our own heading. Its fence is not `ts`, which would make the documentation's tests run it. */
function asPage(name: string, report: string): string {
  const code = /```ts\n([\s\S]*)```/.exec(report)?.[1] ?? "";
  const door = name === "index" ? "modeshift" : `modeshift/${name}`;
  const note = "Made from the built declarations by `npm run api`; do not edit.";
  return `# The door \`${door}\`\n\n${note}\n\n\`\`\`typescript\n${code.trim()}\n\`\`\`\n`;
}

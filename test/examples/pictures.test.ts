/** The pictures of the documentation are what `modeshift graph --format svg` draws today. `--update` draws them anew. */
import { expect, test } from "vitest";
import { parseCatalogue } from "../../src/config/load-catalogue.ts";
import { printSvg } from "../../src/inspector/graph-svg.ts";
import { blocksOf } from "../house/doc-blocks.ts";

test("the tutorial's picture shows the tutorial's catalogue", async () => {
  const yaml = blocksOf("docs/tutorial/first-robot.md").find((block) => block.fileName === "modeshift.yaml");
  const catalogue = parseCatalogue(yaml?.code ?? "", { file: "modeshift.yaml" });

  await expect(printSvg(catalogue, "both")).toMatchFileSnapshot("../../docs/pictures/first-robot.svg");
});

/**
 * The tests run against a real redis-server and a real Chromium; this gets them when they are missing.
 *
 * As root on Debian or Ubuntu (CI, a container) they are installed by apt, in plain sight. Otherwise it stops with
 * the exact line to run: nothing on a person's machine is changed behind their back.
 */
import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import path from "node:path";

/** Program to Debian package. */
const needed = { "redis-server": "redis-server", chromium: "chromium" };

function isInstalled(program) {
  return (process.env.PATH ?? "").split(path.delimiter).some((folder) => {
    try {
      accessSync(path.join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function run(command, args) {
  console.log(`$ ${[command, ...args].join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: "inherit", env }).status === 0;
}

function stop(packages, why) {
  const apt = `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages}`;
  const line = process.platform === "darwin" ? `brew install redis && brew install --cask chromium` : apt;
  console.error(
    `The tests need ${packages}, and ${why}. Run this, then the same command again:\n\n    ${line}\n`,
  );
  process.exit(1);
}

const missing = Object.keys(needed).filter((program) => !isInstalled(program));
if (missing.length > 0) {
  const packages = missing.map((program) => needed[program]);
  if (process.getuid?.() !== 0 || !isInstalled("apt-get")) {
    stop(packages.join(" "), "only root on Debian or Ubuntu gets them by itself");
  }
  console.log(`The tests need ${packages.join(" and ")}: installing by apt.`);
  const installed =
    run("apt-get", ["update"]) && run("apt-get", ["install", "-y", "--no-install-recommends", ...packages]);
  if (!installed) stop(packages.join(" "), "apt could not install them (see above)");
}

/**
 * The same switch by other supervisors, when they are installed: stop N processes, start N others, keep N running.
 *
 *   supervisord   over its XML-RPC socket, as a program would ask it; startsecs=0, so that it waits for nothing
 *   pm2           by its command line, apps in a namespace each; without an interpreter
 *
 * Each runs in a folder of its own and is ended afterwards.
 */
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

// Not by running it: `pm2 --version` leaves a daemon.
const isThere = (command) => spawnSync("sh", ["-c", `command -v ${command}`]).status === 0;

function call(socketPath, method, ...group) {
  const values = [...group.map((name) => `<string>${name}</string>`), "<boolean>1</boolean>"];
  const parameters = values.map((value) => `<param><value>${value}</value></param>`).join("");
  const body = `<?xml version="1.0"?><methodCall><methodName>supervisor.${method}</methodName><params>${parameters}</params></methodCall>`;
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "text/xml", "content-length": Buffer.byteLength(body) };
    const asked = request({ socketPath, path: "/RPC2", method: "POST", headers }, (answer) => {
      let text = "";
      answer.on("data", (data) => (text += data));
      answer.on("end", () => (text.includes("<fault>") ? reject(new Error(text)) : resolve(text)));
    });
    asked.on("error", reject);
    asked.end(body);
  });
}

async function supervisord({ folder, nodes, idle, passes }) {
  const socket = join(folder, "s.sock");
  const program = (name, autostart) =>
    `[program:${name}]\ncommand=${idle} 0\nnumprocs=${nodes}\nprocess_name=${name}%(process_num)d\nautostart=${autostart}\nstartsecs=0\n` +
    `stdout_logfile=${folder}/%(program_name)s%(process_num)d.log\nredirect_stderr=true\n`;
  writeFileSync(
    join(folder, "conf"),
    `[unix_http_server]\nfile=${socket}\n[supervisord]\nnodaemon=true\nlogfile=${folder}/log\npidfile=${folder}/pid\nminfds=4096\n` +
      `[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n` +
      program("a", true) +
      program("b", false) +
      program("c", true),
  );
  const daemon = spawn("supervisord", ["-c", join(folder, "conf")], { stdio: "ignore" });
  try {
    await sleep(2000 + 20 * nodes);
    const times = [];
    for (let pass = 0; pass < passes; pass++) {
      const [from, to] = pass % 2 === 0 ? ["a", "b"] : ["b", "a"];
      const begun = performance.now();
      await call(socket, "stopProcessGroup", from);
      await call(socket, "startProcessGroup", to);
      times.push(performance.now() - begun);
      await sleep(1000);
    }
    return times;
  } finally {
    const ended = once(daemon, "exit");
    daemon.kill("SIGTERM");
    await ended;
  }
}

async function pm2({ folder, nodes, idle, passes }) {
  const env = { ...process.env, PM2_HOME: join(folder, "home") };
  const run = (...argv) => execFileSync("pm2", argv, { env, stdio: "ignore" });
  const apps = ["a", "b", "c"].flatMap((namespace) =>
    Array.from({ length: nodes }, (_, index) => ({
      name: `${namespace}${index}`,
      namespace,
      script: idle,
      args: "0",
      interpreter: "none",
    })),
  );
  const file = join(folder, "apps.json");
  writeFileSync(file, JSON.stringify({ apps }));
  try {
    run("start", file);
    run("stop", "b");
    const times = [];
    for (let pass = 0; pass < passes; pass++) {
      const [from, to] = pass % 2 === 0 ? ["a", "b"] : ["b", "a"];
      const begun = performance.now();
      run("stop", from);
      run("start", to);
      times.push(performance.now() - begun);
    }
    return times;
  } finally {
    run("kill");
  }
}

/** Switch times in ms of every other supervisor that is there, by name. */
export async function peerSwitches(task) {
  const found = new Map();
  for (const peer of [supervisord, pm2]) {
    if (!isThere(peer.name)) continue;
    const folder = join(task.scratch, `${peer.name}-${task.nodes}`);
    mkdirSync(folder);
    found.set(peer.name, await peer({ ...task, folder }));
  }
  return found;
}

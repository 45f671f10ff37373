/** A manager that takes requests over Redis, and a client that sends one and watches. Needs a redis-server. */
import { createLifecycleManager, loadCatalogue } from "modeshift";
import { createModeClient, redisBus } from "modeshift/redis";
import { filter, firstValueFrom } from "rxjs";

const connection = process.env["MODESHIFT_REDIS_URL"] ?? "redis://127.0.0.1:6379";
const catalogue = await loadCatalogue(`${import.meta.dirname}/rover/modeshift.yaml`);
const { namespace } = catalogue;

const manager = createLifecycleManager({ catalogue, bus: redisBus({ connection, namespace }) });
await manager.start();
await firstValueFrom(manager.state$.pipe(filter(({ bus }) => bus.status === "connected")));

// The client is usually another program, on another machine.
const client = createModeClient({ connection, namespace });
const watching = client.watch().subscribe((update) => {
  if (update.type === "snapshot") console.log(`joined in mode ${update.state?.mode}`);
  if (update.type === "event") console.log(`event ${update.event.type}`);
});

const result = await client.requestMode("idle", { by: "example", deadlineMs: 5000 });
console.log(`${result.requestedMode}: ${result.outcome}`);

const refusal = await client.requestMode("flying");
if (!refusal.ok) console.log(`${refusal.outcome}: ${refusal.reason?.message}`);

watching.unsubscribe();
client.close();
await manager.stop();

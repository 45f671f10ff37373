/**
 * What each user of docs/reference/redis-users.acl may and may not do, with the commands that would do it: the table of
 * docs/how-to/redis-security.md is printed from this, and redis-security.test.ts tries every one of them.
 */
import { redisKeys } from "../../src/bus/redis-keys.ts";

export const users = ["manager", "requester", "watcher", "publisher"] as const;
export type User = (typeof users)[number];

export interface Right {
  readonly action: string;
  readonly may: readonly User[];
  /** In words, split at spaces. Where they are allowed they do no harm. */
  readonly commands: readonly string[];
}

const { requests, events, state, nodes, lease, deadLetter, changedChannel, ...own } = redisKeys("rover-1");
const foreign = redisKeys("rover-2");
const result = own.result("x");
const forged = '{"v":1}';

export const rights: readonly Right[] = [
  {
    action: "ask for a mode by XADD",
    may: ["manager", "requester"],
    commands: [`XADD ${requests} * mode idle`],
  },
  {
    action: "ask for a mode by PUBLISH",
    may: ["manager", "publisher"],
    commands: [`PUBLISH ${requests} idle`],
  },
  {
    action: "read state, nodes, events, results and the lease",
    may: ["manager", "requester", "watcher"],
    commands: [
      ...[`HGETALL ${state}`, `HMGET ${state} mode seq`, `HGETALL ${nodes}`, `HGET ${nodes} clock`],
      ...[`XRANGE ${events} - +`, `XREVRANGE ${events} + - COUNT 1`, `XREAD COUNT 1 STREAMS ${events} 0`],
      ...[`XLEN ${events}`, `GET ${result}`, `GET ${lease}`, `SUBSCRIBE ${changedChannel}`],
    ],
  },
  {
    action: "read requests and dead letters",
    may: ["manager", "requester"],
    commands: [
      `XRANGE ${requests} - +`,
      `XREAD STREAMS ${requests} 0`,
      `XLEN ${requests}`,
      `XRANGE ${deadLetter} - +`,
    ],
  },
  {
    action: "hear what is PUBLISHed as a request",
    may: ["manager"],
    commands: [`SUBSCRIBE ${requests}`],
  },
  {
    action: "answer, and write events, state and the lease",
    may: ["manager"],
    commands: [
      ...[`SET ${own.result("forged")} ${forged}`, `XADD ${deadLetter} * reason forged`],
      ...[`XADD ${events} 1-1 seq 1 type result id x data ${forged}`, `HSET ${state} forged 1`],
      ...[`HSET ${nodes} forged 1`, `PEXPIRE ${own.result("forged")} 1`, `DEL ${own.result("forged")}`],
      ...[`PUBLISH ${changedChannel} ${forged}`, "EVAL return(1) 0"],
    ],
  },
  {
    action: "take requests of others, or take them off",
    may: ["manager"],
    commands: [
      ...[`XREADGROUP GROUP modeshift manager COUNT 1 STREAMS ${requests} 1-1`, `XDEL ${requests} 1-1`],
      ...[
        `XACK ${requests} modeshift 1-1`,
        `XGROUP CREATE ${requests} modeshift $`,
        `XINFO STREAM ${requests}`,
      ],
    ],
  },
  {
    action: "do away with keys, rename, copy, overwrite or look into them in any other way",
    may: [],
    commands: [requests, events, state, lease, result].flatMap((key) => [
      ...[`UNLINK ${key}`, `RENAME ${key} ${key}`, `COPY ${key} ${result} REPLACE`, `EXPIRE ${key} 1`],
      ...[
        `PERSIST ${key}`,
        `MOVE ${key} 1`,
        `GETDEL ${key}`,
        `GETEX ${key} EX 1`,
        `RESTORE ${key} 0 x REPLACE`,
      ],
      ...[`APPEND ${key} x`, `SETEX ${key} 1 x`, `MSET ${key} x`, `SETRANGE ${key} 0 x`, `LPUSH ${key} x`],
      ...[`SADD ${key} x`, `ZADD ${key} 1 x`, `PFADD ${key} x`, `HDEL ${key} mode`, `HINCRBY ${key} seq 1`],
      ...[
        `XTRIM ${key} MAXLEN 0`,
        `XGROUP DESTROY ${key} modeshift`,
        `XGROUP DELCONSUMER ${key} modeshift manager`,
      ],
      ...[
        `XCLAIM ${key} modeshift me 0 1-1`,
        `XAUTOCLAIM ${key} modeshift me 0 0`,
        `XPENDING ${key} modeshift`,
      ],
      ...[
        `XINFO GROUPS ${key}`,
        `DUMP ${key}`,
        `TYPE ${key}`,
        `OBJECT ENCODING ${key}`,
        `SORT ${key} STORE ${result}`,
      ],
    ]),
  },
  {
    action: "touch another robot",
    may: [],
    commands: [
      ...[
        `GET ${foreign.lease}`,
        `SET ${foreign.lease} 9:me`,
        `HGETALL ${foreign.state}`,
        `DEL ${foreign.requests}`,
      ],
      ...[
        `XADD ${foreign.requests} * mode safe`,
        `XRANGE ${foreign.events} - +`,
        `XREAD STREAMS ${foreign.events} 0`,
      ],
      ...[`PUBLISH ${foreign.requestChannel} safe`, `PUBLISH ${foreign.changedChannel} x`],
      ...[`SUBSCRIBE ${foreign.changedChannel}`, `EVAL return(redis.call('GET',KEYS[1])) 1 ${foreign.lease}`],
      `EVAL return(redis.call('GET','${foreign.lease}')) 0`,
    ],
  },
  {
    action: "list keys, change the server, look at its clients",
    may: [],
    commands: [
      ...["KEYS *", "SCAN 0", "RANDOMKEY", "DBSIZE", "FLUSHALL", "FLUSHDB", "SWAPDB 0 1", "CONFIG GET *"],
      ...["CONFIG SET maxmemory 1", "CONFIG REWRITE", "ACL LIST", "ACL SETUSER me on nopass allcommands ~*"],
      ...["CLIENT LIST", "CLIENT KILL TYPE normal", "CLIENT PAUSE 1000", "CLIENT NO-EVICT on", "MONITOR"],
      ...["SHUTDOWN NOSAVE", "DEBUG SLEEP 1", "SAVE", "BGREWRITEAOF", "REPLICAOF no one", "FAILOVER", "SYNC"],
      ...["MODULE LIST", "SCRIPT FLUSH", "SCRIPT KILL", "FUNCTION FLUSH", "FCALL f 0", "EVAL_RO return(1) 0"],
      ...["SLOWLOG GET", "LATENCY DOCTOR", "MEMORY STATS", "PSUBSCRIBE *", "SSUBSCRIBE x", "PUBSUB CHANNELS"],
    ],
  },
];

/** As it stands in the docs. */
export function rightsTable(): string {
  return [
    `| | ${users.join(" | ")} |`,
    `|---|${users.map(() => "---|").join("")}`,
    ...rights.map(
      ({ action, may }) =>
        `| ${action} | ${users.map((user) => (may.includes(user) ? "may" : "–")).join(" | ")} |`,
    ),
  ].join("\n");
}

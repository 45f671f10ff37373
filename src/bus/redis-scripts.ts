/**
 * The Lua scripts: every step of a request that must happen whole or not at all, each fenced by the lease.
 *
 * Lua has no rollback. So writes that can fail by a wrong type come first, and a request is taken off the stream last:
 * a script that fails half-way is repeated, and repeating is harmless because a stored result is never overwritten.
 * All are allowed to run when the server is out of memory: answers must get out.
 */
import { createHash } from "node:crypto";
import type { Redis } from "ioredis";
import { redisCode } from "./redis-trouble.ts";

/** A script and the name the server knows it by. */
export interface RedisScript {
  readonly source: string;
  readonly sha: string;
}

function script(body: string): RedisScript {
  const source = `#!lua flags=allow-oom\n${body}`;
  return { source, sha: createHash("sha1").update(source).digest("hex") };
}

const fence = `
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] then return redis.error_reply('FENCED the lease is held by ' .. (held or 'nobody')) end`;

const now = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

/**
 * KEYS lease state; ARGV token, lease ms, our host, where our pid counts, a dead holder's token or '', '1' to take over
 * from any machine. Returns [1 | 0 not ours | -1 another machine's, who holds or held it, last begun request, server
 * ms, where the holder's pid counts].
 */
export const acquireLease = script(`${now}
local held = redis.call('GET', KEYS[1])
local last = redis.call('HMGET', KEYS[2], 'holder', 'begun', 'place')
local place = last[3] or ''
if held and held ~= ARGV[1] and held ~= ARGV[5] then return {0, held, '', now, place} end
local before = last[1] or ''
if not held and before ~= '' and ARGV[6] ~= '1' and string.match(before, '^[^/]*') ~= ARGV[3] then
  return {-1, before, '', now, place}
end
local epoch, holder = string.match(ARGV[1], '^(%d+):(.*)$')
redis.call('HSET', KEYS[2], 'epoch', epoch, 'holder', holder, 'place', ARGV[4])
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, before, last[2] or '', now, place}`);

/** KEYS lease; ARGV token, lease ms. Returns 1, or 0 when it is not ours any more. */
export const renewLease = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('PEXPIRE', KEYS[1], ARGV[2])`);

/** KEYS lease state; ARGV token. Nobody is the last holder then: any machine may follow. */
export const releaseLease = script(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'holder', '')
return redis.call('DEL', KEYS[1])`);

/**
 * KEYS lease, result... ; ARGV token, result ms, entry... (one per result key). Marks each request as queued unless
 * its key says more. Returns [server ms, what each key held or nil...].
 */
export const acceptRequests = script(`${fence}${now}
local found = { now }
for i = 2, #KEYS do
  local value = redis.pcall('GET', KEYS[i])
  if type(value) ~= 'string' then
    value = false
    redis.call('SET', KEYS[i], 'queued:' .. ARGV[i + 1], 'PX', ARGV[2])
  end
  found[i] = value
end
return found`);

/**
 * KEYS lease, requests, events, state, nodes, dead-letter, result... ; ARGV token, group, events kept, result ms,
 * channel, then operations, each a word and its operands (redis-operations.ts makes them). The sequence number is read
 * first and written last: whatever fails between them shows as a fall in it.
 */
export const writeOperations = script(`${fence}
local call, requests, events, nodes = redis.call, KEYS[2], KEYS[3], KEYS[5]
local kept, ttl = ARGV[3], ARGV[4]
local seq = tonumber(call('HGET', KEYS[4], 'seq') or '0')
local at, key, last, done = 6, 6, false, {}
local function take() at = at + 1 return ARGV[at - 1] end
local function isAnswered(result)
  local value = redis.pcall('GET', result)
  return type(value) == 'string' and string.sub(value, 1, 1) == '{'
end
local function emit(kind, id, time, data)
  seq = seq + 1
  last = call('XADD', events, 'MAXLEN', '~', kept, '*', 'seq', seq, 'type', kind, 'id', id, 'at', time, 'data', data)
end
local function hold(node, status) call('HSET', nodes, node, '{"seq":' .. seq .. ',' .. string.sub(status, 2)) end
local function remove(count) for n = 1, count do done[#done + 1] = take() end end
-- An entry is buried once, however many have found it wrong; a published message has none.
local buried = {}
local function isThere(entry)
  return entry == '' or (not buried[entry] and #call('XRANGE', requests, entry, entry) > 0)
end
while at <= #ARGV do
  local word = take()
  if word == 'event' then
    emit(take(), take(), take(), take())
  elseif word == 'node' then
    emit('node', take(), take(), take())
    hold(take(), take())
  elseif word == 'result' then
    key = key + 1
    local id, time, data = take(), take(), take()
    if not isAnswered(KEYS[key]) then
      emit('result', id, time, data)
      call('SET', KEYS[key], data, 'PX', ttl)
      call('PUBLISH', ARGV[5], data)
    end
    remove(take())
  elseif word == 'mark' then
    key = key + 1
    local mark = take()
    if not isAnswered(KEYS[key]) then call('SET', KEYS[key], mark, 'PX', ttl) end
  elseif word == 'dead' then
    local entry, reason, raw = take(), take(), take()
    if isThere(entry) then
      call('XADD', KEYS[6], 'MAXLEN', '~', 1000, '*', 'entry', entry, 'reason', reason, 'raw', raw)
    end
    if entry ~= '' then done[#done + 1], buried[entry] = entry, true end
  elseif word == 'remove' then
    remove(take())
  elseif word == 'forget-nodes' then
    call('DEL', nodes)
  elseif word == 'hold-node' then
    hold(take(), take())
  elseif word == 'state' then
    local fields = {}
    for n = 1, take() do fields[n] = take() end
    call('HSET', KEYS[4], unpack(fields))
  end
end
if last then call('HSET', KEYS[4], 'seq', seq, 'event', last) end
for from = 1, #done, 1000 do
  local upTo = math.min(from + 999, #done)
  call('XACK', requests, ARGV[2], unpack(done, from, upTo))
  call('XDEL', requests, unpack(done, from, upTo))
end
return 1`);

/** KEYS lease, requests; ARGV token, then per message the number of its fields' texts and they themselves. */
export const forwardPublished = script(`${fence}
local at = 2
while at <= #ARGV do
  local count = tonumber(ARGV[at])
  redis.call('XADD', KEYS[2], '*', unpack(ARGV, at + 1, at + count))
  at = at + count + 1
end
return 1`);

/**
 * KEYS lease, requests, dead-letter; ARGV token, group, where to begin, how many entries to look at, ms of the future that
 * are borne with, bytes that an entry may have. Buries what is too large to be sent to anybody, and takes off what says it
 * is from the future: its age cannot be told, and the stream's ids go on from there, or cannot go on. At the end of the
 * stream the ids are set back, to where nobody can have used one. Returns [server ms, where to go on or '', entries taken off].
 */
export const tidyRequests = script(`${fence}${now}
local call, requests, from, limit = redis.call, KEYS[2], ARGV[3], now + ARGV[5]
local future, atEnd = {}, false
local lastOfAll = '18446744073709551615-18446744073709551615'
local function take(id)
  call('XACK', requests, ARGV[2], id)
  call('XDEL', requests, id)
end
local function bury(id, fields, size)
  local raw = {}
  for n = 1, math.min(#fields, 64) do raw[n] = string.sub(fields[n], 1, 2048) end
  local reason = size .. ' bytes: a request may have ' .. ARGV[6]
  call('XADD', KEYS[3], 'MAXLEN', '~', 1000, '*', 'entry', id, 'reason', reason, 'raw', string.sub(cjson.encode(raw), 1, 2048))
end
for n = 1, ARGV[4] do
  local entry = call('XRANGE', requests, from, '+', 'COUNT', 1)[1]
  if not entry then atEnd = true break end
  local id, fields, size = entry[1], entry[2], 0
  -- There is no interval after it.
  if id == lastOfAll then atEnd = true else from = '(' .. id end
  for field = 1, #fields do size = size + #fields[field] end
  local isFuture = tonumber(string.match(id, '^%d+')) > limit
  if size > tonumber(ARGV[6]) then bury(id, fields, size) elseif isFuture then future[#future + 1] = entry end
  if size > tonumber(ARGV[6]) or isFuture then take(id) end
  if atEnd then break end
end
-- Whoever added it may have trimmed it away at once: the stream itself knows how far its ids have come.
local info = atEnd and redis.pcall('XINFO', 'STREAM', requests) or {}
for n = 1, #info, 2 do
  if info[n] == 'last-generated-id' and tonumber(string.match(info[n + 1], '^%d+')) > limit then
    local id = string.format('%.0f', limit) .. '-9007199254740991'
    call('XSETID', requests, id)
    -- Whatever is left is to be read, once more perhaps: the reader knows what it has.
    call('XGROUP', 'SETID', requests, ARGV[2], '0')
  end
end
return { now, atEnd and '' or from, future }`);

/** Runs a script, sending its source only when the server does not know it yet (or any more). */
export async function runScript(
  client: Redis,
  { sha, source }: RedisScript,
  keys: readonly string[],
  args: readonly (string | number)[],
): Promise<unknown> {
  try {
    return await client.evalsha(sha, keys.length, ...keys, ...args);
  } catch (error) {
    if (redisCode(error) !== "NOSCRIPT") throw error;
    return client.eval(source, keys.length, ...keys, ...args);
  }
}

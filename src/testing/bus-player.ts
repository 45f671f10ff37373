/**
 * A manager reduced to what a bus sees of it: opens, reads, answers. For the bus contract only.
 */
import assert from "node:assert/strict";

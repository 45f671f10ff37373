/**
 * The door `modeshift/inspector`: a page on the loopback interface that shows a running manager.
 *
 * @packageDocumentation
 */
export type { Inspected } from "./inspected.ts";
export { createInspector, type Inspector, type InspectorOptions } from "./inspector.ts";

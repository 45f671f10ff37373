/** I8: to be superseded is no failure, so that no result blames a node for it. */
import type { Check } from "../story.ts";

export const blameless: Check = ({ answers }) =>
  answers.flatMap(({ id, result }) =>
    result.errors
      .filter(({ code }) => code === "SUPERSEDED")
      .map(({ node }) => `${id} blames ${node} for having been superseded`),
  );

/**
 * The import ladder of docs/architecture.md, checked by command. Imports run one way, from the front doors
 * down to errors, environment and clock. A rung may import its own rung and every rung below it.
 */
const rungs = [
  { name: "base", path: "^server/(errors|env|clock|log|crypto|input|paging)\\.ts$" },
  { name: "db", path: "^db/" },
  {
    name: "foundation",
    path: "^(server/(tenancy|auth|audit|mail|files)/|jobs/(catalogue|queue)\\.ts$)",
    except: "\\.(pages|api)\\.tsx?$",
  },
  { name: "rules", path: "^server/(hospital|owner|sync)/", except: "\\.(pages|api)\\.tsx?$" },
  { name: "bridge", path: "^server/(bridge|node)/", except: "\\.(pages|api)\\.tsx?$" },
  { name: "edge", path: "^server/(http/|.*\\.(pages|api)\\.tsx?$)" },
  {
    name: "doors",
    path: "^(server/portals/|jobs/(hospital|owner|platform|handlers|run|schedule|worker|dashboard))",
  },
  { name: "top", path: "^server/(app|main|services|looks|start-hospital)\\.ts$" },
];

const ladder = rungs.flatMap((from, index) => {
  const above = rungs.slice(index + 1);
  if (above.length === 0) return [];
  return above.map((to) => ({
    name: `${from.name}-imports-no-${to.name}`,
    severity: "error",
    from: { path: from.path, ...(from.except ? { pathNot: from.except } : {}) },
    to: { path: to.path, ...(to.except ? { pathNot: to.except } : {}) },
  }));
});

module.exports = {
  forbidden: [
    ...ladder,
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    },
    {
      name: "views-import-views-and-types-only",
      severity: "error",
      from: { path: "^views/" },
      to: { path: "^(server|db|jobs)/", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "rules-know-no-view",
      severity: "error",
      from: {
        path: "^(server|jobs)/",
        pathNot: "(\\.(pages|api)\\.tsx?$|^server/(http|portals|cli|app|main|services))",
      },
      to: { path: "^views/" },
    },
    {
      name: "rules-know-neither-elysia-nor-bullmq",
      severity: "error",
      from: {
        path: "^server/(hospital|owner|sync|bridge|tenancy|audit|auth|mail|files)/",
        pathNot: "\\.(pages|api|input)\\.tsx?$",
      },
      to: { path: "node_modules/(elysia|bullmq)/" },
    },
    {
      name: "planes-apart",
      comment: "Only the bridge touches both planes.",
      severity: "error",
      from: { path: "^server/hospital/" },
      to: { path: "^(server/owner/|db/schema/control/)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "planes-apart-owner",
      severity: "error",
      from: { path: "^server/owner/" },
      to: { path: "^(server/hospital/|db/schema/hospital/)", dependencyTypesNot: ["type-only"] },
    },
    {
      name: "one-place-opens-connections",
      severity: "error",
      from: { path: "^(server|jobs|views)/" },
      to: { path: "node_modules/postgres/", dependencyTypesNot: ["type-only"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: [".ts", ".tsx", ".js", ".json"] },
  },
};

import { keepCompiledCode } from "./compile-cache.ts";

// A daemon starts once and lives long: what the cache takes would only be in its way.
if (process.argv[2] !== "run") keepCompiledCode(import.meta.url);
const { front } = await import("./front.ts");
await front.agent();

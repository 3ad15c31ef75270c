import { keepCompiledCode } from "./compile-cache.ts";

keepCompiledCode(import.meta.url);
const { front } = await import("./front.ts");
await front.agent();

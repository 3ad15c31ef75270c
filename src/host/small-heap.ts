import { setFlagsFromString } from "node:v8";

/**
 * V8 lets a small heap grow to several times what is in use before it looks for garbage. An Install of a hundred thousand
 * files would take a hundred megabytes more for it, and gain nothing.
 */
export function keepHeapSmall(): void {
  setFlagsFromString("--heap-growing-percent=30");
}

import { join, relative, sep } from "node:path";

/** A path that was checked against a root, or the reason why it was refused. */
export type Containment =
  | {
      readonly kind: "contained";
      /** Absolute and normalised; the root itself when nothing but slashes and dots was given. */
      readonly path: string;
      /** The same as names below the root. */
      readonly components: readonly string[];
      /** Whether a leading `/` was taken off. */
      readonly wasAbsolute: boolean;
    }
  | {
      readonly kind: "refused";
      /** Completes a sentence that begins with the path: "leads out of its directory". */
      readonly reason: string;
    };

/**
 * The path that a name from outside (a hook's `location`, an AppSpec `source`) has below a directory. A leading `/`
 * counts as the directory; `..` may be used as long as no prefix leads out. Lexical: a caller that is going to follow
 * symbolic links checks the real path with {@link isInside} as well.
 * @param root absolute path
 */
export function containedPath(root: string, name: string): Containment {
  if (name.includes("\0")) return refused("contains a NUL byte");
  const components: string[] = [];
  for (const component of namesIn(name)) {
    if (component !== "..") components.push(component);
    else if (components.pop() === undefined) return refused("leads out of its directory");
  }
  return contained(root, name, components);
}

/**
 * The path of an archive entry below the directory the archive is unpacked to. Stricter than {@link containedPath}:
 * no `..` at all, since an archive has no use for one. A backslash is an ordinary character.
 * @param root absolute path
 */
export function entryPath(root: string, name: string): Containment {
  if (name === "") return refused("has no name");
  if (name.includes("\0")) return refused("contains a NUL byte");
  const components = namesIn(name);
  return components.includes("..") ? refused('contains ".."') : contained(root, name, components);
}

/** Whether a path is the root or below it. Both absolute, normalised, and both real when links matter. */
export function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`));
}

function contained(root: string, name: string, components: readonly string[]): Containment {
  return { kind: "contained", path: join(root, ...components), components, wasAbsolute: name.startsWith("/") };
}

function refused(reason: string): Containment {
  return { kind: "refused", reason };
}

function namesIn(name: string): string[] {
  return name.split("/").filter((component) => component !== "" && component !== ".");
}

/** What the launcher of the packages tells glibc, for the daemon and its worker. */
export const MEMORY_SETTINGS = {
  MALLOC_ARENA_MAX: "1",
  MALLOC_TRIM_THRESHOLD_: "65536",
  MALLOC_MMAP_THRESHOLD_: "1048576",
};

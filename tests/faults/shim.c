/* Makes calls that change files below FAULT_DIR fail: the FAULT_AT-th, and with FAULT_ALWAYS all after it. FAULT_KIND is
   ENOSPC, EIO or SHORT (half of a write is written). FAULT_COUNT names a file to which the number of calls is written.
   FAULT_CLOCK lets the clock jump by up to so many seconds at every look. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

static long calls;
static const char *env(const char *name) { const char *value = getenv(name); return value ? value : ""; }

static int inside(const char *path) {
  const char *dir = env("FAULT_DIR");
  return *dir && strncmp(path, dir, strlen(dir)) == 0;
}

static int fd_inside(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return inside(path);
}

/* 0: go on; 1: fail with errno set; 2: write half. */
static int fault(int writes) {
  long call = __sync_add_and_fetch(&calls, 1), at = atol(env("FAULT_AT"));
  if (!at || call < at || (call > at && !*env("FAULT_ALWAYS"))) return 0;
  const char *kind = env("FAULT_KIND");
  if (!strcmp(kind, "SHORT")) return writes ? 2 : 0;
  errno = strcmp(kind, "EIO") ? ENOSPC : EIO;
  return 1;
}

__attribute__((destructor)) static void count(void) {
  if (!*env("FAULT_COUNT")) return;
  FILE *file = fopen(env("FAULT_COUNT"), "w");
  if (file) { fprintf(file, "%ld\n", calls); fclose(file); }
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  int how = fd > 2 && fd_inside(fd) ? fault(1) : 0;
  return how == 1 ? -1 : real(fd, bytes, how == 2 ? (length + 1) / 2 : length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  REAL(pwrite);
  int how = fd_inside(fd) ? fault(1) : 0;
  return how == 1 ? -1 : real(fd, bytes, how == 2 ? (length + 1) / 2 : length, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  REAL(pwrite64);
  int how = fd_inside(fd) ? fault(1) : 0;
  return how == 1 ? -1 : real(fd, bytes, how == 2 ? (length + 1) / 2 : length, at);
}
int fsync(int fd) { REAL(fsync); return fd_inside(fd) && fault(0) ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); return fd_inside(fd) && fault(0) ? -1 : real(fd); }
int ftruncate(int fd, off_t length) { REAL(ftruncate); return fd_inside(fd) && fault(0) ? -1 : real(fd, length); }
int ftruncate64(int fd, off64_t length) { REAL(ftruncate64); return fd_inside(fd) && fault(0) ? -1 : real(fd, length); }
int rename(const char *from, const char *to) { REAL(rename); return inside(to) && fault(0) ? -1 : real(from, to); }
int mkdir(const char *path, mode_t mode) { REAL(mkdir); return inside(path) && fault(0) ? -1 : real(path, mode); }

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(clock_gettime);
  int result = real(clock, now);
  long span = atol(env("FAULT_CLOCK"));
  if (!result && span && clock == CLOCK_REALTIME) now->tv_sec += (now->tv_nsec / 100) % (2 * span) - span;
  return result;
}

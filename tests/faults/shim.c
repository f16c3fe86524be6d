/* Lets something happen at the calls that change files below FAULT_DIR: at the FAULT_AT-th, and with FAULT_ALWAYS at all after
   it. FAULT_KIND says what: ENOSPC or EIO, and the call fails; SHORT, and half of a write is written; KILL, INT, TERM or HUP,
   and that signal comes before the call is made. FAULT_COUNT names a file to which the number of calls is written. FAULT_LAST
   names a file that holds the last call up to then: its name, "before" or "after" the first write of the index's list of
   segments, and the path. FAULT_CLOCK lets the clock jump by up to so many seconds at every look. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

enum { PATH = 4096 };

static long calls;
static int listed, last = -1;
static const char *env(const char *name) { const char *value = getenv(name); return value ? value : ""; }

static int inside(const char *path) {
  const char *dir = env("FAULT_DIR");
  return *dir && strncmp(path, dir, strlen(dir)) == 0;
}

static int fd_inside(int fd, char *path) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, PATH - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return inside(path);
}

__attribute__((constructor)) static void open_last(void) {
  if (*env("FAULT_LAST")) last = syscall(SYS_openat, AT_FDCWD, env("FAULT_LAST"), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
}

/* Lines of one length: each takes the place of the one before. The system call is made past the functions below. */
static void note(const char *name, const char *path) {
  char line[512];
  if (last < 0) return;
  memset(line, ' ', sizeof line);
  int length = snprintf(line, sizeof line - 1, "%s %s %s", name, listed ? "after" : "before", path);
  if (length >= 0 && length < (int)sizeof line) line[length] = ' ';
  line[sizeof line - 1] = '\n';
  if (syscall(SYS_pwrite64, last, line, sizeof line, 0) < 0) return;
}

/* 0: go on; 1: fail with errno set; 2: write half. */
static int fault(const char *name, const char *path, int writes) {
  static const struct { const char *name; int number; } signals[] =
    {{"KILL", SIGKILL}, {"INT", SIGINT}, {"TERM", SIGTERM}, {"HUP", SIGHUP}};
  long call = __sync_add_and_fetch(&calls, 1), at = atol(env("FAULT_AT"));
  if (!at || call <= at) note(name, path);
  if (writes && strstr(path, "/index/") && strstr(path, "/meta.")) listed = 1;
  if (!at || call < at || (call > at && !*env("FAULT_ALWAYS"))) return 0;
  const char *kind = env("FAULT_KIND");
  for (size_t n = 0; n < sizeof signals / sizeof *signals; n++)
    if (!strcmp(kind, signals[n].name)) { kill(getpid(), signals[n].number); return 0; }
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

#define BY_FILE(name, fd, writes) \
  char path[PATH]; \
  int how = fd > 2 && fd_inside(fd, path) ? fault(name, path, writes) : 0

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  BY_FILE("write", fd, 1);
  return how == 1 ? -1 : real(fd, bytes, how == 2 ? (length + 1) / 2 : length);
}
ssize_t pwrite(int fd, const void *bytes, size_t length, off_t at) {
  REAL(pwrite);
  BY_FILE("write", fd, 1);
  return how == 1 ? -1 : real(fd, bytes, how == 2 ? (length + 1) / 2 : length, at);
}
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t at) {
  REAL(pwrite64);
  BY_FILE("write", fd, 1);
  return how == 1 ? -1 : real(fd, bytes, how == 2 ? (length + 1) / 2 : length, at);
}
int fsync(int fd) { REAL(fsync); BY_FILE("sync", fd, 0); return how ? -1 : real(fd); }
int fdatasync(int fd) { REAL(fdatasync); BY_FILE("sync", fd, 0); return how ? -1 : real(fd); }
int ftruncate(int fd, off_t length) { REAL(ftruncate); BY_FILE("cut", fd, 0); return how ? -1 : real(fd, length); }
int ftruncate64(int fd, off64_t length) { REAL(ftruncate64); BY_FILE("cut", fd, 0); return how ? -1 : real(fd, length); }
int rename(const char *from, const char *to) {
  REAL(rename);
  return inside(to) && fault("rename", to, 0) ? -1 : real(from, to);
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  return inside(path) && fault("mkdir", path, 0) ? -1 : real(path, mode);
}
int unlink(const char *path) { REAL(unlink); return inside(path) && fault("remove", path, 0) ? -1 : real(path); }
int rmdir(const char *path) { REAL(rmdir); return inside(path) && fault("remove", path, 0) ? -1 : real(path); }
int unlinkat(int folder, const char *name, int flags) {
  REAL(unlinkat);
  char path[PATH];
  int how = 0;
  if (*name == '/') how = inside(name) && fault("remove", name, 0);
  else if (folder >= 0) how = fd_inside(folder, path) && fault("remove", path, 0);
  return how ? -1 : real(folder, name, flags);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
  REAL(clock_gettime);
  int result = real(clock, now);
  long span = atol(env("FAULT_CLOCK"));
  if (!result && span && clock == CLOCK_REALTIME) now->tv_sec += (now->tv_nsec / 100) % (2 * span) - span;
  return result;
}

/* Faults in the calls of a process that change files below one folder; loaded by LD_PRELOAD.

   It is below Python and Arrow, so the calls of both are counted and can fail. A process calls
   faults_arm, and from then on every call below the folder has a number. Each successful change
   is a line of a log, and each fsync a copy of the file: power_loss.py reads both. An fsync
   does nothing else, so that thousands of points are fast. */

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define LONGEST 4096

enum { OPEN, CREATE, WRITE, SYNC, RENAME, LINK, UNLINK, MKDIR, RMDIR, TRUNCATE, CLOSE, CHMOD, READ,
       N_OPS };
enum { FAIL, SHORT, KILL, TORN };  /* what happens at the call */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[LONGEST], snapshots[LONGEST], where[2 * LONGEST];
static int armed, log_file = -1, n_snapshots;
static int mask, number, last, action, error_code, refused_link, refused_exchange;
static int counts[N_OPS], n_counted, n_fired;

/* Arm the process: the calls in `calls` (bits of the enum above) are counted, and what `what`
   says happens at numbers first_number..last_number. link_error and exchange_error are those of
   a file system that has no hard links, or cannot exchange two paths. */
void faults_arm(const char *below, const char *copies, const char *log, int calls, int what,
                int code, int first_number, int last_number, int link_error,
                int exchange_error) {
    snprintf(folder, sizeof folder, "%s", below);
    snprintf(snapshots, sizeof snapshots, "%s", copies);
    log_file = syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0644);
    mask = calls; action = what; error_code = code; number = first_number; last = last_number;
    refused_link = link_error; refused_exchange = exchange_error;
    armed = 1;
}

void faults_disarm(void) { armed = 0; }
int faults_fired(void) { return n_fired; }
const char *faults_where(void) { return where; }  /* the first call with a fault */
int faults_count(int op) { return counts[op]; }

static int is_below(const char *path) {
    size_t n = strlen(folder);
    return !strncmp(path, folder, n) && (path[n] == '/' || !path[n]);
}

static int path_of(int descriptor, char *path) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", descriptor);
    ssize_t n = readlink(name, path, LONGEST - 1);
    path[n < 0 ? 0 : n] = 0;
    return n > 0 && is_below(path);
}

/* Whether a path is below the folder; `full` gets its absolute form. */
static int resolve(int at, const char *path, char *full) {
    if (!armed || !path) return 0;
    if (path[0] == '/') {
        snprintf(full, LONGEST, "%s", path);
    } else {
        char base[LONGEST];
        if (at == AT_FDCWD || !path_of(at, base)) return 0;
        if (snprintf(full, LONGEST, "%s/%s", base, path) >= LONGEST) return 0;
    }
    return is_below(full);
}

static void record(char letter, const char *path, const char *other, int value) {
    char line[2 * LONGEST + 32];
    size_t n = strlen(folder);
    int size = snprintf(line, sizeof line, "%c\t%s\t%s\t%d\n", letter, path + n,
                        other ? other + n : "", value);
    if (syscall(SYS_write, log_file, line, size) != size) abort();
}

static void die(void) {
    for (;;) syscall(SYS_kill, getpid(), SIGKILL);
}

/* Count a call; return 1 if it is to fail with errno, 2 if a write is to be short, else 0. */
static int strike(int op, const char *path) {
    counts[op]++;
    if (!(mask >> op & 1)) return 0;
    n_counted++;
    if (n_counted < number || n_counted > last) return 0;
    if (!n_fired++) snprintf(where, sizeof where, "%d %s", op, path + strlen(folder));
    if (action == KILL) die();
    if (action != FAIL) return 2;
    errno = error_code;
    return 1;
}

#define ENTER pthread_mutex_lock(&lock)
#define LEAVE(value) do { int kept_ = errno; pthread_mutex_unlock(&lock); errno = kept_; \
                          return value; } while (0)

static int open_any(int at, const char *path, int flags, mode_t mode) {
    char full[LONGEST];
    if (!resolve(at, path, full)) return syscall(SYS_openat, at, path, flags, mode);
    ENTER;
    struct stat status;
    int is_new = (flags & O_CREAT) && lstat(full, &status) != 0;
    int result = -1;
    if (!strike(is_new ? CREATE : OPEN, full)) {
        result = syscall(SYS_openat, at, path, flags, mode);
        if (result >= 0 && is_new) record('C', full, NULL, 0);
    }
    LEAVE(result);
}

static mode_t mode_of(int flags, va_list list) {
    return flags & (O_CREAT | __O_TMPFILE) ? va_arg(list, mode_t) : 0;
}

#define DEFINE_OPEN(name) \
    int name(const char *path, int flags, ...) { \
        va_list list; va_start(list, flags); mode_t mode = mode_of(flags, list); va_end(list); \
        return open_any(AT_FDCWD, path, flags, mode); \
    }
#define DEFINE_OPENAT(name) \
    int name(int at, const char *path, int flags, ...) { \
        va_list list; va_start(list, flags); mode_t mode = mode_of(flags, list); va_end(list); \
        return open_any(at, path, flags, mode); \
    }
DEFINE_OPEN(open)
DEFINE_OPEN(open64)
DEFINE_OPENAT(openat)
DEFINE_OPENAT(openat64)
int __open_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return open_any(AT_FDCWD, path, flags, 0); }
int __openat_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }
int __openat64_2(int at, const char *path, int flags) { return open_any(at, path, flags, 0); }
int creat(const char *path, mode_t mode) {
    return open_any(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}
int creat64(const char *path, mode_t mode) { return creat(path, mode); }

int close(int descriptor) {
    char path[LONGEST];
    if (!armed || !path_of(descriptor, path)) return syscall(SYS_close, descriptor);
    if ((fcntl(descriptor, F_GETFL) & O_ACCMODE) == O_RDONLY)  /* nothing to write out */
        return syscall(SYS_close, descriptor);
    ENTER;
    int fails = strike(CLOSE, path), code = errno;
    int result = syscall(SYS_close, descriptor);  /* it is closed in any case, as in Linux */
    if (fails) { errno = code; result = -1; }
    LEAVE(result);
}

/* Return how many bytes a write may have; -1 if it fails. */
static ssize_t allowed(const char *path, size_t size) {
    int fault = strike(WRITE, path);
    return fault == 1 ? -1 : fault == 2 && size > 1 ? (ssize_t)(size / 2) : (ssize_t)size;
}

static ssize_t write_any(int descriptor, const void *data, size_t size, off_t offset) {
    char path[LONGEST];
    int is_counted = armed && path_of(descriptor, path);
    ssize_t size_now = (ssize_t)size, result = -1;
    int fired = n_fired;
    if (is_counted) {
        pthread_mutex_lock(&lock);
        fired = n_fired;
        size_now = allowed(path, size);
    }
    if (size_now >= 0)
        result = offset < 0 ? syscall(SYS_write, descriptor, data, size_now)
                            : syscall(SYS_pwrite64, descriptor, data, size_now, offset);
    if (is_counted) {
        if (action == TORN && n_fired > fired) die();
        LEAVE(result);
    }
    return result;
}

ssize_t write(int descriptor, const void *data, size_t size) {
    return write_any(descriptor, data, size, -1);
}
ssize_t pwrite(int descriptor, const void *data, size_t size, off_t offset) {
    return write_any(descriptor, data, size, offset);
}
ssize_t pwrite64(int descriptor, const void *data, size_t size, off64_t offset) {
    return write_any(descriptor, data, size, offset);
}
/* Several buffers are written as one call for each, which is a legal short write as well. */
ssize_t writev(int descriptor, const struct iovec *parts, int n) {
    for (int i = 0; i < n; i++)
        if (parts[i].iov_len) return write_any(descriptor, parts[i].iov_base, parts[i].iov_len, -1);
    return 0;
}
ssize_t pwritev(int descriptor, const struct iovec *parts, int n, off_t offset) {
    for (int i = 0; i < n; i++)
        if (parts[i].iov_len)
            return write_any(descriptor, parts[i].iov_base, parts[i].iov_len, offset);
    return 0;
}
ssize_t pwritev64(int descriptor, const struct iovec *parts, int n, off64_t offset) {
    return pwritev(descriptor, parts, n, offset);
}

/* Reads of files without a name, which hold rows that a job needs again. */
static ssize_t read_any(int descriptor, void *data, size_t size, off_t offset) {
    static const char unnamed[] = " (deleted)";
    char path[LONGEST];
    size_t n = armed && path_of(descriptor, path) ? strlen(path) : 0, m = sizeof unnamed - 1;
    if (n < m || strcmp(path + n - m, unnamed))
        return syscall(SYS_pread64, descriptor, data, size, offset);
    ENTER;
    ssize_t result = -1;
    if (strike(READ, path) != 1)
        result = syscall(SYS_pread64, descriptor, data, size, offset);
    LEAVE(result);
}
ssize_t pread(int descriptor, void *data, size_t size, off_t offset) {
    return read_any(descriptor, data, size, offset);
}
ssize_t pread64(int descriptor, void *data, size_t size, off64_t offset) {
    return read_any(descriptor, data, size, offset);
}

static void copy_file(const char *path) {
    char name[2 * LONGEST], buffer[1 << 16];
    snprintf(name, sizeof name, "%s/%d", snapshots, ++n_snapshots);
    int from = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);
    int to = syscall(SYS_openat, AT_FDCWD, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (from < 0 || to < 0) abort();
    ssize_t n;
    while ((n = syscall(SYS_read, from, buffer, sizeof buffer)) > 0)
        if (syscall(SYS_write, to, buffer, n) != n) abort();
    syscall(SYS_close, from);
    syscall(SYS_close, to);
}

static int sync_any(int descriptor) {
    char path[LONGEST];
    if (!armed || !path_of(descriptor, path)) return syscall(SYS_fsync, descriptor);
    ENTER;
    int result = -1;
    if (!strike(SYNC, path)) {
        struct stat status;
        result = 0;
        if (fstat(descriptor, &status)) abort();
        if (S_ISDIR(status.st_mode)) {
            record('D', path, NULL, 0);
        } else if (status.st_nlink) {
            copy_file(path);
            record('F', path, NULL, n_snapshots);
        }
    }
    LEAVE(result);
}
int fsync(int descriptor) { return sync_any(descriptor); }
int fdatasync(int descriptor) { return sync_any(descriptor); }

static int rename_any(int at, const char *old, int new_at, const char *new, unsigned flags) {
    char from[LONGEST], to[LONGEST];
    if (!resolve(at, old, from) || !resolve(new_at, new, to))
        return syscall(SYS_renameat2, at, old, new_at, new, flags);
    ENTER;
    int result = -1;
    if (flags && refused_exchange) {
        errno = refused_exchange;
    } else if (!strike(RENAME, from)) {
        result = syscall(SYS_renameat2, at, old, new_at, new, flags);
        if (!result) record('R', from, to, flags);
    }
    LEAVE(result);
}
int rename(const char *old, const char *new) {
    return rename_any(AT_FDCWD, old, AT_FDCWD, new, 0);
}
int renameat(int at, const char *old, int new_at, const char *new) {
    return rename_any(at, old, new_at, new, 0);
}
int renameat2(int at, const char *old, int new_at, const char *new, unsigned flags) {
    return rename_any(at, old, new_at, new, flags);
}

int linkat(int at, const char *old, int new_at, const char *new, int flags) {
    char from[LONGEST], to[LONGEST];
    if (!resolve(at, old, from) || !resolve(new_at, new, to))
        return syscall(SYS_linkat, at, old, new_at, new, flags);
    ENTER;
    int result = -1;
    if (refused_link) {
        errno = refused_link;
    } else if (!strike(LINK, to)) {
        result = syscall(SYS_linkat, at, old, new_at, new, flags);
        if (!result) record('L', from, to, 0);
    }
    LEAVE(result);
}
int link(const char *old, const char *new) { return linkat(AT_FDCWD, old, AT_FDCWD, new, 0); }

int unlinkat(int at, const char *path, int flags) {
    char full[LONGEST];
    if (!resolve(at, path, full)) return syscall(SYS_unlinkat, at, path, flags);
    ENTER;
    int result = -1;
    if (!strike(flags & AT_REMOVEDIR ? RMDIR : UNLINK, full)) {
        result = syscall(SYS_unlinkat, at, path, flags);
        if (!result) record('U', full, NULL, 0);
    }
    LEAVE(result);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int remove(const char *path) {
    int result = unlink(path);
    return result && errno == EISDIR ? rmdir(path) : result;
}

int mkdirat(int at, const char *path, mode_t mode) {
    char full[LONGEST];
    if (!resolve(at, path, full)) return syscall(SYS_mkdirat, at, path, mode);
    ENTER;
    int result = -1;
    if (!strike(MKDIR, full)) {
        result = syscall(SYS_mkdirat, at, path, mode);
        if (!result) record('M', full, NULL, 0);
    }
    LEAVE(result);
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }

int ftruncate(int descriptor, off_t size) {
    char path[LONGEST];
    if (!armed || !path_of(descriptor, path)) return syscall(SYS_ftruncate, descriptor, size);
    ENTER;
    int result = strike(TRUNCATE, path) ? -1 : (int)syscall(SYS_ftruncate, descriptor, size);
    LEAVE(result);
}
int ftruncate64(int descriptor, off64_t size) { return ftruncate(descriptor, size); }

int fchmodat(int at, const char *path, mode_t mode, int flags) {
    char full[LONGEST];
    if (flags) { errno = ENOTSUP; return -1; }
    if (!resolve(at, path, full)) return syscall(SYS_fchmodat, at, path, mode);
    ENTER;
    int result = strike(CHMOD, full) ? -1 : (int)syscall(SYS_fchmodat, at, path, mode);
    LEAVE(result);
}
int chmod(const char *path, mode_t mode) { return fchmodat(AT_FDCWD, path, mode, 0); }

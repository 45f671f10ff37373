/*
 * The floor: what a mode switch costs when nothing is done but system calls.
 *
 *   floor N PASSES PROGRAM STOP_MS
 *
 * Runs 2N processes, then PASSES times: SIGTERM to N of them at once, waitpid for all, posix_spawn of N others (own
 * session, /dev/null). Prints one line of milliseconds per pass. No logs, journal, events or readiness.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;
static char *node[3];
static posix_spawnattr_t attributes;
static posix_spawn_file_actions_t actions;

static pid_t start(void) {
  pid_t pid;
  if (posix_spawn(&pid, node[0], &actions, &attributes, node, environ) != 0) exit(1);
  return pid;
}

static double now_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int count, char **arguments) {
  if (count != 5) return 64;
  int nodes = atoi(arguments[1]), passes = atoi(arguments[2]);
  node[0] = arguments[3];
  node[1] = arguments[4];
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  posix_spawn_file_actions_init(&actions);
  for (int file = 0; file < 3; file++)
    posix_spawn_file_actions_addopen(&actions, file, "/dev/null", file == 0 ? O_RDONLY : O_WRONLY, 0);
  pid_t *pids = calloc(2 * nodes, sizeof *pids);
  for (int i = 0; i < 2 * nodes; i++) pids[i] = start();
  for (int pass = 0; pass < passes; pass++) {
    sleep(1);
    double begun = now_ms();
    for (int i = 0; i < nodes; i++) kill(-pids[i], SIGTERM);
    for (int i = 0; i < nodes; i++) waitpid(pids[i], NULL, 0);
    for (int i = 0; i < nodes; i++) pids[i] = start();
    printf("%.3f\n", now_ms() - begun);
    fflush(stdout);
  }
  for (int i = 0; i < 2 * nodes; i++) kill(-pids[i], SIGKILL);
  return 0;
}

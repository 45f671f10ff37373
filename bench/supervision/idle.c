/* A node that does nothing: `idle STOP_MS` takes so long to end after SIGTERM. */
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t asked = 0;

static void ask(int signal_number) {
  (void)signal_number;
  asked = 1;
}

int main(int count, char **arguments) {
  long stop_ms = count > 1 ? atol(arguments[1]) : 0;
  if (stop_ms == 0)
    for (;;) pause();
  sigset_t term, none;
  sigemptyset(&none);
  sigemptyset(&term);
  sigaddset(&term, SIGTERM);
  sigprocmask(SIG_BLOCK, &term, NULL);
  signal(SIGTERM, ask);
  while (!asked) sigsuspend(&none);
  struct timespec left = {stop_ms / 1000, stop_ms % 1000 * 1000000};
  nanosleep(&left, NULL);
  return 0;
}

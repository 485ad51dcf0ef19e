// How the shim is steered: the files, the reader, and what is done before and after each call. One program, in three files.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <libgen.h>
#include <p11-kit/pkcs11.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { path_size = 1024, text_size = 4096, most_slots = 64, most_mechanisms = 512, most_attributes = 64, tick = 10 };

static CK_FUNCTION_LIST *real;
static char folder[path_size];

// --- The files -------------------------------------------------------------------------------------------------------

static void path_of(const char *name, char *path) {
  if (snprintf(path, path_size, "%s/%s", folder, name) >= path_size) abort();
}

static int is_set(const char *name) {
  char path[path_size];
  path_of(name, path);
  return access(path, F_OK) == 0;
}

// The text without its last line break; -1 when there is no such file.
static int read_text(const char *name, char text[text_size]) {
  char path[path_size];
  path_of(name, path);
  FILE *file = fopen(path, "re");
  if (file == NULL) return -1;
  size_t length = fread(text, 1, text_size - 1, file);
  fclose(file);
  if (length > 0 && text[length - 1] == '\n') length--;
  text[length] = 0;
  return (int)length;
}

static unsigned long read_number(const char *name, unsigned long otherwise) {
  char text[text_size];
  return read_text(name, text) < 0 ? otherwise : strtoul(text, NULL, 0);
}

// In one step, so that nobody reads half of it.
static void write_text(const char *name, const char *text) {
  char path[path_size], fresh[path_size], fresh_name[128];
  snprintf(fresh_name, sizeof fresh_name, "%s.%d.new", name, (int)gettid());
  path_of(name, path);
  path_of(fresh_name, fresh);
  FILE *file = fopen(fresh, "we");
  if (file == NULL) abort();
  fputs(text, file);
  fclose(file);
  if (rename(fresh, path) != 0) abort();
}

static void write_number(const char *name, unsigned long number) {
  char text[32];
  snprintf(text, sizeof text, "%lu\n", number);
  write_text(name, text);
}

static void take_away(const char *name) {
  char path[path_size];
  path_of(name, path);
  unlink(path);
}

// Of a file with `width` numbers in each row: the row that starts with `first`.
static int read_row(const char *name, int width, unsigned long first, unsigned long *row) {
  char text[text_size], *rest = text;
  if (read_text(name, text) < 0) return 0;
  for (;;) {
    for (int column = 0; column < width; column++) {
      char *start = rest;
      row[column] = strtoul(start, &rest, 0);
      if (rest == start) return 0;
    }
    if (row[0] == first) return 1;
  }
}

static void sleep_for(unsigned long milliseconds) {
  struct timespec time = {milliseconds / 1000, (long)(milliseconds % 1000) * 1000000};
  nanosleep(&time, NULL);
}

// --- In and out of the reader ----------------------------------------------------------------------------------------

// `presence` counts: an even number while the token is in, an odd one while it is out.
static pthread_mutex_t presence_lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned long presence_seen;
static CK_SLOT_ID changed[most_slots];
static CK_ULONG changed_count;

static int is_out(void) { return read_number("presence", 0) % 2 == 1; }

// Ends the sessions that a removal ends, and remembers in which slots something happened.
static void look_at_reader(void) {
  unsigned long presence = read_number("presence", 0);
  pthread_mutex_lock(&presence_lock);
  if (presence != presence_seen) {
    presence_seen = presence;
    changed_count = most_slots;
    if (real->C_GetSlotList(CK_FALSE, changed, &changed_count) != CKR_OK) changed_count = 0;
    for (CK_ULONG i = 0; i < changed_count; i++) real->C_CloseAllSessions(changed[i]);
  }
  pthread_mutex_unlock(&presence_lock);
}

static int take_changed_slot(CK_SLOT_ID *slot) {
  pthread_mutex_lock(&presence_lock);
  int any = changed_count > 0;
  if (any) *slot = changed[--changed_count];
  pthread_mutex_unlock(&presence_lock);
  return any;
}

// --- Before and after each call --------------------------------------------------------------------------------------

// What a function is about decides what it answers while the token is out.
enum subject { library, token, session };

static void note(const char *function, const char *remark) {
  char path[path_size];
  if (!is_set("calls")) return;
  path_of("calls", path);
  FILE *file = fopen(path, "ae");
  if (file == NULL) return;
  fprintf(file, "%s%s\n", function, remark);
  fclose(file);
}

// `at-FUNCTION`: "<calls until then> <before|after> <remove|crash|hang|answer> <CK_RV>"
static CK_RV act_at(const char *function, const char *moment, CK_RV value) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  char name[96], text[text_size], when[16], action[16];
  unsigned long calls, answer;
  snprintf(name, sizeof name, "at-%s", function);
  pthread_mutex_lock(&lock);
  int is_now = read_text(name, text) > 0 && sscanf(text, "%lu %15s %15s %lu", &calls, when, action, &answer) == 4 &&
               strcmp(when, moment) == 0;
  if (is_now && calls > 1) {
    snprintf(text, sizeof text, "%lu %s %s %lu\n", calls - 1, when, action, answer);
    write_text(name, text);
    is_now = 0;
  }
  if (is_now) take_away(name);
  pthread_mutex_unlock(&lock);
  if (!is_now) return value;
  if (strcmp(action, "crash") == 0) raise(SIGSEGV);
  while (strcmp(action, "hang") == 0) pause();
  if (strcmp(action, "answer") == 0) return answer;
  unsigned long presence = read_number("presence", 0);
  if (presence % 2 == 0) write_number("presence", presence + 1);
  look_at_reader();
  return CKR_DEVICE_REMOVED;
}

static CK_RV begin(const char *function, enum subject subject) {
  char name[96];
  snprintf(name, sizeof name, "latency-%s", function);
  unsigned long latency = read_number(name, 0);
  if (latency > 0) sleep_for(latency);
  CK_RV value = act_at(function, "before", CKR_OK);
  if (value != CKR_OK) return value;
  if (subject != library) {
    look_at_reader();
    if (is_out()) return subject == token ? CKR_TOKEN_NOT_PRESENT : CKR_DEVICE_REMOVED;
  }
  snprintf(name, sizeof name, "answer-%s", function);
  return read_number(name, CKR_OK);
}

#define NOTED_CALL(function, subject, remark, expression)                                     \
  ({                                                                                          \
    note(function, remark);                                                                   \
    CK_RV value = begin(function, subject);                                                   \
    value == CKR_OK ? act_at(function, "after", (expression)) : value;                        \
  })
#define CALL(function, subject, expression) NOTED_CALL(function, subject, "", expression)

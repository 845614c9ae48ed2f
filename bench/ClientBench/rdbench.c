// librdkafka by itself, without a binding: rdbench produce|consume BROKERS TOPIC RECORDS WARMUP PAYLOADS|- [KEY=VALUE...]
// The few declarations that are needed are written down here, so that the library is enough and no header has to be there. Prints one line, as ClientBench does.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <time.h>

typedef struct rd_kafka_s rd_kafka_t;
typedef struct rd_kafka_conf_s rd_kafka_conf_t;
typedef struct rd_kafka_topic_s rd_kafka_topic_t;
typedef struct rd_kafka_queue_s rd_kafka_queue_t;
typedef struct rd_kafka_list_s rd_kafka_list_t;
typedef struct {
  int err;
  rd_kafka_topic_t *topic;
  int partition;
  void *payload;
  size_t len;
  void *key;
  size_t key_len;
  long offset;
  void *opaque;
} rd_kafka_message_t;

extern rd_kafka_conf_t *rd_kafka_conf_new(void);
extern int rd_kafka_conf_set(rd_kafka_conf_t *, const char *, const char *, char *, size_t);
extern void rd_kafka_conf_set_dr_msg_cb(rd_kafka_conf_t *, void (*)(rd_kafka_t *, const rd_kafka_message_t *, void *));
extern rd_kafka_t *rd_kafka_new(int, rd_kafka_conf_t *, char *, size_t);
extern rd_kafka_topic_t *rd_kafka_topic_new(rd_kafka_t *, const char *, void *);
extern int rd_kafka_produce(rd_kafka_topic_t *, int, int, void *, size_t, const void *, size_t, void *);
extern int rd_kafka_poll(rd_kafka_t *, int);
extern int rd_kafka_flush(rd_kafka_t *, int);
extern rd_kafka_list_t *rd_kafka_topic_partition_list_new(int);
extern void *rd_kafka_topic_partition_list_add(rd_kafka_list_t *, const char *, int);
extern int rd_kafka_subscribe(rd_kafka_t *, const rd_kafka_list_t *);
extern int rd_kafka_poll_set_consumer(rd_kafka_t *);
extern rd_kafka_queue_t *rd_kafka_queue_get_consumer(rd_kafka_t *);
extern ssize_t rd_kafka_consume_batch_queue(rd_kafka_queue_t *, int, rd_kafka_message_t **, size_t);
extern void rd_kafka_message_destroy(rd_kafka_message_t *);

enum { Producer = 0, Consumer = 1, Copy = 2, Block = 4, AnyPartition = -1, BatchMax = 1000 };

static long failures, bytes;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage u;
  getrusage(RUSAGE_SELF, &u);
  return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void delivered(rd_kafka_t *rk, const rd_kafka_message_t *message, void *opaque) {
  (void)rk;
  (void)opaque;
  failures += message->err != 0;
}

static void set(rd_kafka_conf_t *conf, const char *key, const char *value) {
  char error[512];
  if (rd_kafka_conf_set(conf, key, value, error, sizeof error) != 0) {
    fprintf(stderr, "rdbench: %s\n", error);
    exit(2);
  }
}

static void produce(rd_kafka_t *rk, rd_kafka_topic_t *topic, char **values, size_t *sizes, long count, long records) {
  for (long i = 0; i < records; i++) {
    rd_kafka_produce(topic, AnyPartition, Copy | Block, values[i % count], sizes[i % count], NULL, 0, NULL);
    if (i % 1000 == 0)
      rd_kafka_poll(rk, 0);
  }
  while (rd_kafka_flush(rk, 1000) != 0) {
  }
}

static void report(double seconds, double used, long records) {
  printf("@ records=%ld seconds=%.6f cpu=%.6f\n", records, seconds, used);
}

static void produce_all(rd_kafka_t *rk, const char *name, const char *path, long records, long warmup) {
  static char *values[65536];
  static size_t sizes[65536];
  static char line[1 << 20];
  long count = 0;
  FILE *file = fopen(path, "r");
  if (file == NULL) {
    perror(path);
    exit(2);
  }
  while (count < 65536 && fgets(line, sizeof line, file) != NULL) {
    sizes[count] = strcspn(line, "\n");
    values[count] = strndup(line, sizes[count]);
    count++;
  }
  rd_kafka_topic_t *topic = rd_kafka_topic_new(rk, name, NULL);
  produce(rk, topic, values, sizes, count, warmup);
  double start = now(), used = cpu();
  produce(rk, topic, values, sizes, count, records);
  report(now() - start, cpu() - used, records);
}

static void consume_all(rd_kafka_t *rk, const char *name, long records, long warmup) {
  static rd_kafka_message_t *messages[BatchMax];
  rd_kafka_list_t *list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, name, AnyPartition);
  rd_kafka_poll_set_consumer(rk);
  rd_kafka_subscribe(rk, list);
  rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(rk);
  long count = 0, first = 0;
  double start = 0, used = 0;
  while (count < warmup + records) {
    ssize_t got = rd_kafka_consume_batch_queue(queue, 1000, messages, BatchMax);
    for (ssize_t i = 0; i < got; i++) {
      if (messages[i]->err == 0) {
        bytes += messages[i]->len + messages[i]->key_len;
        count++;
      }
      rd_kafka_message_destroy(messages[i]);
    }
    if (start == 0 && count >= warmup) {
      first = count;
      start = now();
      used = cpu();
    }
  }
  report(now() - start, cpu() - used, count - first);
}

int main(int argc, char **argv) {
  if (argc < 7) {
    fprintf(stderr, "rdbench produce|consume BROKERS TOPIC RECORDS WARMUP PAYLOADS|- [KEY=VALUE...]\n");
    return 2;
  }
  int produces = strcmp(argv[1], "produce") == 0;
  char error[512];
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  set(conf, "bootstrap.servers", argv[2]);
  for (int i = 7; i < argc; i++) {
    char *value = strchr(argv[i], '=');
    if (value == NULL) {
      fprintf(stderr, "rdbench: %s is no KEY=VALUE\n", argv[i]);
      return 2;
    }
    *value++ = 0;
    set(conf, argv[i], value);
  }
  if (produces) {
    // Only failures are told, as with a fire-and-forget of the others.
    set(conf, "delivery.report.only.error", "true");
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
  }
  rd_kafka_t *rk = rd_kafka_new(produces ? Producer : Consumer, conf, error, sizeof error);
  if (rk == NULL) {
    fprintf(stderr, "rdbench: %s\n", error);
    return 2;
  }
  if (produces)
    produce_all(rk, argv[3], argv[6], atol(argv[4]), atol(argv[5]));
  else
    consume_all(rk, argv[3], atol(argv[4]), atol(argv[5]));
  return failures == 0 ? 0 : 1;
}

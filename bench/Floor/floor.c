// The floor: what a server that does nothing but move the bytes reaches on this machine. One blocking thread per connection.
//
//   floor produce PORT FILE BYTES PIECES ANSWER   receives frames, takes the CRC-32C of each, writes it, sends ANSWER. PIECES 0: over the same BYTES of FILE again and again.
//                                          Otherwise as a log must: each frame in so many equal pieces, each to the end of a file of its own; they start over, empty, after BYTES
//   floor fetch PORT FILE SCRIPT           for each frame sends SCRIPT: pieces of bytes, between them ranges of FILE by sendfile; ranges go round the file
//
// ANSWER and SCRIPT are made by the load generator. SCRIPT is a row of (int32 length, bytes, int32 range), host byte order. Bytes 4 to 7 of what is sent first are the correlation id.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <nmmintrin.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAME_BYTES_MAX = 64 << 20, CORRELATION_AT = 4, REQUEST_CORRELATION_AT = 4 };

enum { PIECES_MAX = 64 };
static int data_file;
static int piece_files[PIECES_MAX];
static long pieces;
static long recycle_bytes;
static long data_bytes;
static char *answer;
static long answer_bytes;
static int is_fetch;
static atomic_long written;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static char *read_whole(const char *path, long *bytes) {
  struct stat found;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &found) != 0) die(path);
  char *whole = malloc(found.st_size);
  if (read(file, whole, found.st_size) != found.st_size) die(path);
  close(file);
  *bytes = found.st_size;
  return whole;
}

// Three streams, as one crc32 instruction has to wait for the one before it; the results are not joined, as nobody reads them: the work is the same.
static uint32_t crc(const char *bytes, long count) {
  uint64_t a = ~0u, b = ~0u, c = ~0u;
  long third = count / 24 * 8;
  for (long i = 0; i < third; i += 8) {
    a = _mm_crc32_u64(a, *(const uint64_t *)(bytes + i));
    b = _mm_crc32_u64(b, *(const uint64_t *)(bytes + third + i));
    c = _mm_crc32_u64(c, *(const uint64_t *)(bytes + 2 * third + i));
  }
  for (long i = 3 * third; i < count; i++) a = _mm_crc32_u8((uint32_t)a, bytes[i]);
  return (uint32_t)(a ^ b ^ c);
}

static int receive(int socket, char *to, long count) {
  for (long got = 0; got < count;) {
    long more = recv(socket, to + got, count - got, 0);
    if (more <= 0) return 0;
    got += more;
  }
  return 1;
}

static int send_all(int socket, const char *from, long count, int flags) {
  for (long done = 0; done < count;) {
    long more = send(socket, from + done, count - done, flags | MSG_NOSIGNAL);
    if (more <= 0) return 0;
    done += more;
  }
  return 1;
}

static int keep(const char *frame, long size) {
  volatile uint32_t sum = crc(frame, size);
  (void)sum;
  long at = atomic_fetch_add(&written, size) % recycle_bytes;
  if (pieces == 0) return pwrite(data_file, frame, size, at) == size;
  long piece = size / pieces;
  for (long i = 0; i < pieces; i++) {
    long count = i < pieces - 1 ? piece : size - i * piece;
    if (at < size && ftruncate(piece_files[i], 0) != 0) return 0;
    if (pwrite(piece_files[i], frame + i * piece, count, at / pieces) != count) return 0;
  }
  return 1;
}

static void open_pieces(const char *path) {
  char name[4096];
  for (long i = 0; i < pieces; i++) {
    snprintf(name, sizeof name, "%s-%ld", path, i);
    piece_files[i] = open(name, O_RDWR | O_CREAT | O_TRUNC, 0644);
    if (piece_files[i] < 0) die(name);
  }
}

static int send_ranges(int socket, char *script, long *at) {
  for (char *next = script; next < script + answer_bytes;) {
    int32_t length, range;
    memcpy(&length, next, 4);
    memcpy(&range, next + 4 + length, 4);
    if (!send_all(socket, next + 4, length, range > 0 ? MSG_MORE : 0)) return 0;
    if (*at + range > data_bytes) *at = 0;
    for (off_t from = *at, to = *at + range; from < to;) {
      if (sendfile(socket, data_file, &from, to - from) <= 0) return 0;
    }
    *at += range;
    next += 8 + length;
  }
  return 1;
}

static void *serve(void *argument) {
  int socket = (int)(intptr_t)argument;
  char *frame = malloc(FRAME_BYTES_MAX);
  char *mine = malloc(answer_bytes);
  memcpy(mine, answer, answer_bytes);
  long at = 0;
  uint32_t size;
  while (receive(socket, (char *)&size, 4) && (size = ntohl(size)) <= FRAME_BYTES_MAX && receive(socket, frame, size)) {
    memcpy(mine + (is_fetch ? 4 : 0) + CORRELATION_AT, frame + REQUEST_CORRELATION_AT, 4);
    if (is_fetch ? !send_ranges(socket, mine, &at) : !keep(frame, size) || !send_all(socket, mine, answer_bytes, 0)) break;
  }
  close(socket);
  free(frame);
  free(mine);
  return NULL;
}

int main(int count, char **arguments) {
  if (count < 5 || ((is_fetch = strcmp(arguments[1], "fetch") == 0) ? count != 5 : count != 7)) {
    fprintf(stderr, "floor produce PORT FILE BYTES PIECES ANSWER | floor fetch PORT FILE SCRIPT\n");
    return 2;
  }
  data_file = open(arguments[3], is_fetch ? O_RDONLY : O_RDWR | O_CREAT, 0644);
  if (data_file < 0) die(arguments[3]);
  struct stat found;
  if (fstat(data_file, &found) != 0) die(arguments[3]);
  data_bytes = found.st_size;
  if (!is_fetch) {
    recycle_bytes = atol(arguments[4]);
    pieces = atol(arguments[5]);
    if (pieces < 0 || pieces > PIECES_MAX) die("PIECES");
    open_pieces(arguments[3]);
  }
  answer = read_whole(arguments[count - 1], &answer_bytes);

  int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(listener, 128) != 0) die("listen");
  for (;;) {
    int client = accept(listener, NULL, NULL);
    if (client < 0) continue;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_t thread;
    pthread_create(&thread, NULL, serve, (void *)(intptr_t)client);
    pthread_detach(thread);
  }
}

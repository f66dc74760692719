/* upload-load.h: uploads of one message each over connections that are kept, as cheap as can be */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "test-server.h"

typedef struct {
  double seconds;     /* from the first request to the last answer */
  double server_cpu;  /* seconds of the server's processors meanwhile */
  double client_cpu;  /* and of this process */
  double median, p99; /* microseconds from a request to its answer */
} UploadFigures;

/* Uploads MESSAGES (GBytes), each in a request of its own, over CLIENTS connections that are served
 * by the calling thread. The requests are made and the handshakes done before the time runs: the
 * machine's processors are the server's as far as possible. All messages must be archived. */
void
upload_load_run (TestServer *server, const char *bearer, const char *folder, GPtrArray *messages,
                 guint clients, UploadFigures *figures);

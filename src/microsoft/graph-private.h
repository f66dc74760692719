/* graph-private.h: what the graph*.c files share */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "graph.h"
#include "http.h"

G_BEGIN_DECLS

/* The error that a reply means. *passing: the same request may succeed later. */
GError *
mun_graph_error_from_reply (MunHttpReply *reply, gboolean *passing);

G_END_DECLS

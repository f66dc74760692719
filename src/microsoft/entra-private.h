/* entra-private.h: what the entra*.c files share */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <json-glib/json-glib.h>

#include "entra.h"

G_BEGIN_DECLS

/* The error that an answer of the token endpoint means; `status` is that of HTTP. */
GError *
mun_entra_error_from_answer (MunEntra *entra, guint status, JsonObject *answer);

G_END_DECLS

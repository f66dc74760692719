/* entra-error.c: refusals by Entra ID */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-microsoft"

#include "entra-private.h"

#include "json.h"

#include <string.h>

/* What travels with an error of the domain. */
typedef struct {
  char *name;
  char *trace_id;
  char *description;
} MunEntraErrorPrivate;

static void
mun_entra_error_private_init (MunEntraErrorPrivate *details)
{
  *details = (MunEntraErrorPrivate){ 0 };
}

static void
mun_entra_error_private_copy (const MunEntraErrorPrivate *from, MunEntraErrorPrivate *to)
{
  to->name = g_strdup (from->name);
  to->trace_id = g_strdup (from->trace_id);
  to->description = g_strdup (from->description);
}

static void
mun_entra_error_private_clear (MunEntraErrorPrivate *details)
{
  g_free (details->name);
  g_free (details->trace_id);
  g_free (details->description);
}

G_DEFINE_EXTENDED_ERROR (MunEntraError, mun_entra_error)

static const MunEntraErrorPrivate *
get_details (const GError *error)
{
  return error && error->domain == MUN_ENTRA_ERROR ? mun_entra_error_get_private (error) : NULL;
}

const char *
mun_entra_error_get_name (const GError *error)
{
  const MunEntraErrorPrivate *details = get_details (error);

  return details ? details->name : NULL;
}

const char *
mun_entra_error_get_trace_id (const GError *error)
{
  const MunEntraErrorPrivate *details = get_details (error);

  return details ? details->trace_id : NULL;
}

const char *
mun_entra_error_get_description (const GError *error)
{
  const MunEntraErrorPrivate *details = get_details (error);

  return details ? details->description : NULL;
}

/* The first line only: the rest repeats ids and the time. */
static char *
first_line (const char *description)
{
  return g_strndup (description, strcspn (description, "\r\n"));
}

/* The AADSTS number: of error_codes, else of the description's beginning. */
static int
read_code (JsonObject *answer, const char *description)
{
  JsonArray *codes = mun_json_get_array (answer, "error_codes");
  guint64 code = 0;
  g_autofree char *digits = NULL;

  if (codes && json_array_get_length (codes) > 0
      && JSON_NODE_HOLDS_VALUE (json_array_get_element (codes, 0)))
    return (int)json_array_get_int_element (codes, 0);
  if (!g_str_has_prefix (description, "AADSTS"))
    return 0;
  digits = g_strndup (description + 6, strspn (description + 6, "0123456789"));
  g_ascii_string_to_unsigned (digits, 10, 0, G_MAXINT, &code, NULL);
  return (int)code;
}

GError *
mun_entra_error_from_answer (MunEntra *entra, guint status, JsonObject *answer)
{
  const char *text = mun_json_get_string (answer, "error_description", "");
  const char *trace_id = mun_json_get_string (answer, "trace_id", NULL);
  const char *name = mun_json_get_string (answer, "error", NULL);
  g_autofree char *description = first_line (text);
  MunEntraErrorPrivate *details;
  GError *refusal
      = g_error_new (MUN_ENTRA_ERROR, read_code (answer, text),
                     "Signing in to tenant %s as application %s was refused (HTTP %u, %s): %s "
                     "[trace id %s]",
                     mun_entra_get_tenant (entra), mun_entra_get_client_id (entra), status,
                     name ? name : "no error name", description, trace_id ? trace_id : "none");

  details = mun_entra_error_get_private (refusal);
  details->name = g_strdup (name);
  details->trace_id = g_strdup (trace_id);
  details->description = g_steal_pointer (&description);
  return refusal;
}

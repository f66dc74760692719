/* mun-operation.c: one long-running function on a server, as the console shows it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-operation"

#include "mun-operation.h"

#include "json.h"
#include "mun-words.h"

#include <glib/gi18n.h>

struct _MunOperation {
  GObject parent_instance;

  char *title;
  char *server_name;
  char *function;
  char *status_text;
  char *details;
  GString *log;
  GCancellable *cancellable;
  JsonObject *progress;
  JsonNode *result;
  GError *error;
  double fraction;
  MunOperationState state;
  gboolean cancel_requested;
  gboolean seen;
};

G_DEFINE_ENUM_TYPE (MunOperationState, mun_operation_state,
                    G_DEFINE_ENUM_VALUE (MUN_OPERATION_RUNNING, "running"),
                    G_DEFINE_ENUM_VALUE (MUN_OPERATION_SUCCEEDED, "succeeded"),
                    G_DEFINE_ENUM_VALUE (MUN_OPERATION_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (MUN_OPERATION_CANCELLED, "cancelled"))

G_DEFINE_FINAL_TYPE (MunOperation, mun_operation, G_TYPE_OBJECT)

enum {
  PROP_0,
  PROP_TITLE,
  PROP_SERVER_NAME,
  PROP_FUNCTION,
  PROP_STATE,
  PROP_FRACTION,
  PROP_STATUS_TEXT,
  PROP_DETAILS,
  PROP_SEEN,
  N_PROPS,
};

enum {
  FINISHED,
  PROGRESSED,
  N_SIGNALS,
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
replace_text (MunOperation *self, char **field, char *value, guint property)
{
  if (g_strcmp0 (*field, value) == 0) {
    g_free (value);
    return;
  }
  g_free (*field);
  *field = value;
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

/* "120 messages/s · 4 min remaining", or what the source is waiting for. */
static char *
describe_progress (JsonObject *progress)
{
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();
  g_auto (GStrv) strings = NULL;
  g_autofree char *rate = NULL;
  double wait = mun_json_get_double (progress, "waitSeconds", 0);
  double remaining = mun_json_get_double (progress, "remainingSeconds", 0);

  if (wait > 0) {
    g_autofree char *duration = mun_words_duration (wait);

    /* Translators: the source throttles requests; %s is a duration like “12 s” */
    return g_strdup_printf (_ ("Microsoft asks to wait %s"), duration);
  }
  rate = mun_words_rate (mun_json_get_double (progress, "rate", 0));
  if (*rate)
    g_strv_builder_add (parts, rate);
  if (remaining > 0) {
    g_autofree char *duration = mun_words_duration (remaining);
    /* Translators: %s is a duration like “4 min” */
    g_autofree char *text = g_strdup_printf (_ ("%s remaining"), duration);

    g_strv_builder_add (parts, text);
  }
  strings = g_strv_builder_end (parts);
  return g_strjoinv (" · ", strings);
}

/* What a server counts that names no mailbox; NULL when it counts nothing. */
static char *
describe_count (JsonObject *progress)
{
  gint64 done, known;
  g_autofree char *done_text = NULL;
  g_autofree char *known_text = NULL;

  if (progress == NULL || json_object_has_member (progress, "mailbox"))
    return NULL;
  done = mun_json_get_int (progress, "done", -1);
  known = mun_json_get_int (progress, "known", -1);
  if (done < 0 || known < 0)
    return NULL;
  done_text = mun_words_count (done);
  known_text = mun_words_count (known);
  /* Translators: both are numbers: 120 of 1,204 messages */
  return g_strdup_printf (ngettext ("%s of %s message", "%s of %s messages", known), done_text,
                          known_text);
}

static void
mun_operation_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  MunOperation *self = MUN_OPERATION (object);

  switch (id) {
  case PROP_TITLE:
    g_value_set_string (value, self->title);
    break;
  case PROP_SERVER_NAME:
    g_value_set_string (value, self->server_name);
    break;
  case PROP_FUNCTION:
    g_value_set_string (value, self->function);
    break;
  case PROP_STATE:
    g_value_set_enum (value, self->state);
    break;
  case PROP_FRACTION:
    g_value_set_double (value, self->fraction);
    break;
  case PROP_STATUS_TEXT:
    g_value_set_string (value, self->status_text);
    break;
  case PROP_DETAILS:
    g_value_set_string (value, self->details);
    break;
  case PROP_SEEN:
    g_value_set_boolean (value, self->seen);
    break;
  default:
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
  }
}

static void
mun_operation_finalize (GObject *object)
{
  MunOperation *self = MUN_OPERATION (object);

  g_free (self->title);
  g_free (self->server_name);
  g_free (self->function);
  g_free (self->status_text);
  g_free (self->details);
  g_string_free (self->log, TRUE);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->progress, json_object_unref);
  g_clear_pointer (&self->result, json_node_unref);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (mun_operation_parent_class)->finalize (object);
}

static void
mun_operation_class_init (MunOperationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->get_property = mun_operation_get_property;
  object_class->finalize = mun_operation_finalize;

  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_SERVER_NAME] = g_param_spec_string ("server-name", NULL, NULL, NULL, flags);
  properties[PROP_FUNCTION] = g_param_spec_string ("function", NULL, NULL, NULL, flags);
  properties[PROP_STATE] = g_param_spec_enum ("state", NULL, NULL, MUN_TYPE_OPERATION_STATE,
                                              MUN_OPERATION_RUNNING, flags);
  properties[PROP_FRACTION] = g_param_spec_double ("fraction", NULL, NULL, -1, 1, -1, flags);
  properties[PROP_STATUS_TEXT] = g_param_spec_string ("status-text", NULL, NULL, NULL, flags);
  properties[PROP_DETAILS] = g_param_spec_string ("details", NULL, NULL, NULL, flags);
  properties[PROP_SEEN] = g_param_spec_boolean ("seen", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[FINISHED] = g_signal_new ("finished", MUN_TYPE_OPERATION, G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
  signals[PROGRESSED] = g_signal_new ("progressed", MUN_TYPE_OPERATION, G_SIGNAL_RUN_LAST, 0, NULL,
                                      NULL, NULL, G_TYPE_NONE, 0);
}

static void
mun_operation_init (MunOperation *self)
{
  self->fraction = -1;
  self->log = g_string_new (NULL);
}

MunOperation *
mun_operation_new (const char *title, const char *server_name, const char *function,
                   GCancellable *cancellable)
{
  MunOperation *self = g_object_new (MUN_TYPE_OPERATION, NULL);

  self->title = g_strdup (title);
  self->server_name = g_strdup (server_name);
  self->function = g_strdup (function);
  self->cancellable = cancellable ? g_object_ref (cancellable) : g_cancellable_new ();
  return self;
}

const char *
mun_operation_get_title (MunOperation *self)
{
  return self->title;
}

const char *
mun_operation_get_server_name (MunOperation *self)
{
  return self->server_name;
}

const char *
mun_operation_get_function (MunOperation *self)
{
  return self->function;
}

MunOperationState
mun_operation_get_state (MunOperation *self)
{
  return self->state;
}

double
mun_operation_get_fraction (MunOperation *self)
{
  return self->fraction;
}

const char *
mun_operation_get_status_text (MunOperation *self)
{
  return self->status_text;
}

const char *
mun_operation_get_details (MunOperation *self)
{
  return self->details;
}

GCancellable *
mun_operation_get_cancellable (MunOperation *self)
{
  return self->cancellable;
}

gboolean
mun_operation_get_cancel_requested (MunOperation *self)
{
  return self->cancel_requested;
}

JsonObject *
mun_operation_get_progress (MunOperation *self)
{
  return self->progress;
}

JsonNode *
mun_operation_get_result (MunOperation *self)
{
  return self->result;
}

const char *
mun_operation_get_log (MunOperation *self)
{
  return self->log->str;
}

const GError *
mun_operation_get_error (MunOperation *self)
{
  return self->error;
}

gboolean
mun_operation_get_seen (MunOperation *self)
{
  return self->seen;
}

void
mun_operation_set_seen (MunOperation *self, gboolean seen)
{
  if (self->seen == seen)
    return;
  self->seen = seen;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SEEN]);
}

void
mun_operation_cancel (MunOperation *self)
{
  if (self->state != MUN_OPERATION_RUNNING || self->cancel_requested)
    return;
  self->cancel_requested = TRUE;
  replace_text (self, &self->details, g_strdup (_ ("Cancelling…")), PROP_DETAILS);
  g_cancellable_cancel (self->cancellable);
}

void
mun_operation_update (MunOperation *self, int percent, const char *status_text,
                      JsonObject *progress)
{
  double fraction = percent < 0 ? -1 : MIN (percent, 100) / 100.0;
  char *count = describe_count (progress);

  if (self->state != MUN_OPERATION_RUNNING) {
    g_free (count);
    return;
  }
  g_clear_pointer (&self->progress, json_object_unref);
  self->progress = progress ? json_object_ref (progress) : NULL;
  if (progress && !self->cancel_requested)
    replace_text (self, &self->details, describe_progress (progress), PROP_DETAILS);
  replace_text (self, &self->status_text, count != NULL ? count : g_strdup (status_text),
                PROP_STATUS_TEXT);
  if (self->fraction != fraction) {
    self->fraction = fraction;
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  }
  g_signal_emit (self, signals[PROGRESSED], 0);
}

void
mun_operation_append_log (MunOperation *self, const char *more_log)
{
  g_string_append (self->log, more_log);
}

static void
finish (MunOperation *self, MunOperationState state, char *details)
{
  g_autoptr (MunOperation) alive = g_object_ref (self);

  self->state = state;
  replace_text (self, &self->details, details, PROP_DETAILS);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  g_signal_emit (self, signals[FINISHED], 0);
}

void
mun_operation_succeed (MunOperation *self, JsonNode *result)
{
  g_return_if_fail (self->state == MUN_OPERATION_RUNNING);

  self->result = result && !JSON_NODE_HOLDS_NULL (result) ? json_node_ref (result) : NULL;
  self->fraction = 1;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FRACTION]);
  finish (self, MUN_OPERATION_SUCCEEDED, g_strdup (_ ("Finished")));
}

void
mun_operation_fail (MunOperation *self, const GError *error)
{
  g_return_if_fail (self->state == MUN_OPERATION_RUNNING);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
    finish (self, MUN_OPERATION_CANCELLED, g_strdup (_ ("Cancelled")));
    return;
  }
  self->error = g_error_copy (error);
  finish (self, MUN_OPERATION_FAILED, mun_words_for_error (error));
}

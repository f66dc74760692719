/* envelope.c: the reply of the Administration API */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "muniment-protocol"

#include "envelope.h"

#include "errors.h"
#include "json.h"
#include "text.h"

#include <string.h>

/* What a MailStore Server says of a call that finished at once. */
#define VERSION_FINISHED 2

static const char *const status_names[] = { "running", "succeeded", "failed", "cancelled" };

G_DEFINE_BOXED_TYPE (MunEnvelope, mun_envelope, mun_envelope_ref, mun_envelope_unref)

MunEnvelope *
mun_envelope_new (void)
{
  MunEnvelope *self = g_new0 (MunEnvelope, 1);

  g_atomic_ref_count_init (&self->references);
  self->status_version = VERSION_FINISHED;
  self->status_code = MUN_STATUS_SUCCEEDED;
  self->percent = -1;
  return self;
}

MunEnvelope *
mun_envelope_new_failed (const GError *error)
{
  MunEnvelope *self = mun_envelope_new ();

  self->status_code = MUN_STATUS_FAILED;
  self->error_message = g_strdup (error != NULL ? error->message : "Unknown error");
  return self;
}

MunEnvelope *
mun_envelope_ref (MunEnvelope *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
mun_envelope_unref (MunEnvelope *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_free (self->error_message);
  g_free (self->error_details);
  g_free (self->token);
  g_free (self->status_text);
  g_free (self->log_output);
  g_clear_pointer (&self->result, json_node_unref);
  g_free (self);
}

const char *
mun_status_to_string (MunStatus status)
{
  g_return_val_if_fail (status < G_N_ELEMENTS (status_names), NULL);

  return status_names[status];
}

char *
mun_envelope_to_text (MunEnvelope *self, gboolean bom)
{
  g_autoptr (JsonObject) root = json_object_new ();
  g_autofree char *text = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->error_message != NULL) {
    JsonObject *error = json_object_new ();

    json_object_set_string_member (error, "message", self->error_message);
    mun_json_set_text (error, "details", self->error_details);
    json_object_set_object_member (root, "error", error);
  } else {
    json_object_set_null_member (root, "error");
  }
  mun_json_set_text (root, "token", self->token);
  json_object_set_int_member (root, "statusVersion", self->status_version);
  json_object_set_string_member (root, "statusCode", mun_status_to_string (self->status_code));
  if (self->percent >= 0)
    json_object_set_int_member (root, "percentProgress", self->percent);
  else
    json_object_set_null_member (root, "percentProgress");
  mun_json_set_text (root, "statusText", self->status_text);
  if (self->result != NULL)
    json_object_set_member (root, "result", json_node_ref (self->result));
  else
    json_object_set_null_member (root, "result");
  mun_json_set_text (root, "logOutput", self->log_output);
  text = mun_json_object_to_string (root);
  return bom ? g_strconcat ("\xef\xbb\xbf", text, NULL) : g_steal_pointer (&text);
}

/* Absent: what the rest of the reply says. */
static gboolean
read_status (MunEnvelope *self, JsonObject *root, GError **error)
{
  const char *name = mun_json_get_string (root, "statusCode", NULL);
  g_autofree char *start = NULL;

  if (name == NULL) {
    self->status_code = self->error_message != NULL ? MUN_STATUS_FAILED
                        : self->token != NULL       ? MUN_STATUS_RUNNING
                                                    : MUN_STATUS_SUCCEEDED;
    return TRUE;
  }
  for (guint i = 0; i < G_N_ELEMENTS (status_names); i++) {
    if (g_ascii_strcasecmp (name, status_names[i]) == 0) {
      self->status_code = i;
      return TRUE;
    }
  }
  if (g_ascii_strcasecmp (name, "canceled") == 0) {
    self->status_code = MUN_STATUS_CANCELLED;
    return TRUE;
  }
  start = mun_text_dup_start (name, 40);
  g_set_error (error, MUN_ERROR, MUN_ERROR_PROTOCOL, "The reply has the unknown status “%s”",
               start);
  return FALSE;
}

static void
read_error (MunEnvelope *self, JsonObject *root)
{
  JsonObject *object = mun_json_get_object (root, "error");

  if (object != NULL) {
    self->error_message = g_strdup (mun_json_get_string (object, "message", "Unknown error"));
    self->error_details = g_strdup (mun_json_get_string (object, "details", NULL));
  } else {
    self->error_message = g_strdup (mun_json_get_string (root, "error", NULL));
  }
}

MunEnvelope *
mun_envelope_parse (const char *text, gssize length, GError **error)
{
  g_autoptr (JsonObject) root = mun_json_parse_object (text, length, error);
  g_autoptr (MunEnvelope) self = NULL;
  gint64 percent;

  if (root == NULL)
    return NULL;
  if (!json_object_has_member (root, "statusCode") && !json_object_has_member (root, "result")
      && !json_object_has_member (root, "error")) {
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_PROTOCOL,
                         "The reply is not one of the Administration API");
    return NULL;
  }
  self = mun_envelope_new ();
  read_error (self, root);
  self->token = g_strdup (mun_json_get_string (root, "token", NULL));
  self->status_version = mun_json_get_int (root, "statusVersion", VERSION_FINISHED);
  if (!read_status (self, root, error))
    return NULL;
  percent = mun_json_get_int (root, "percentProgress", -1);
  self->percent = percent < 0 ? -1 : (int)MIN (percent, 100);
  self->status_text = g_strdup (mun_json_get_string (root, "statusText", NULL));
  self->log_output = g_strdup (mun_json_get_string (root, "logOutput", NULL));
  if (mun_json_has (root, "result"))
    self->result = json_object_dup_member (root, "result");
  return g_steal_pointer (&self);
}

/* control-mail.c: folders and messages, as tests see and change them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "control.h"

#include "writer.h"

#include <string.h>

/* The person whose mailbox the request names; NULL after a reply. */
static TenantPerson *
owner_of (TenantControl *control)
{
  const char *name = tenant_control_text (control, "mailbox");
  TenantPerson *person = name != NULL ? tenant_company_find (control->tenant->company, name) : NULL;
  if (person != NULL && person->mailbox != NULL)
    return person;
  tenant_control_fail (control, 404, "No such mailbox");
  return NULL;
}

/* The folder that the request names; NULL after a reply. */
static TenantFolder *
folder_of (TenantControl *control, TenantMailbox *mailbox)
{
  const char *path = tenant_control_text (control, "folder");
  TenantFolder *folder = NULL;
  if (path == NULL)
    path = "inbox";
  folder = tenant_mailbox_find_path (mailbox, path);
  if (folder == NULL)
    folder = tenant_mailbox_find_folder (mailbox, path);
  if (folder == NULL)
    tenant_control_fail (control, 404, "No such folder");
  return folder;
}

static TenantMessage *
message_of (TenantControl *control, TenantMailbox *mailbox)
{
  const char *id = tenant_control_text (control, "id");
  TenantMessage *message = id != NULL ? tenant_mailbox_find_message (mailbox, id) : NULL;
  if (message == NULL)
    tenant_control_fail (control, 404, "No such message");
  return message;
}

void
tenant_control_list_folders (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  if (owner == NULL)
    return;
  JsonObject *object = json_object_new ();
  JsonArray *folders = json_array_new ();
  for (guint i = 1; i < owner->mailbox->folders->len; i++) {
    TenantFolder *folder = g_ptr_array_index (owner->mailbox->folders, i);
    g_autofree char *path = tenant_folder_path (folder);
    JsonObject *entry = json_object_new ();
    json_object_set_string_member (entry, "path", path);
    json_object_set_string_member (entry, "id", folder->id);
    json_object_set_string_member (entry, "wellKnown",
                                   folder->well_known != NULL ? folder->well_known : "");
    json_object_set_boolean_member (entry, "hidden", folder->hidden);
    json_object_set_boolean_member (entry, "search", folder->search);
    json_object_set_int_member (entry, "messages", tenant_folder_count (owner->mailbox, folder));
    json_array_add_object_element (folders, entry);
  }
  json_object_set_array_member (object, "folders", folders);
  tenant_reply_json (control->message, 200, object);
}

void
tenant_control_make_folder (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  const char *path = tenant_control_text (control, "path");
  if (owner == NULL)
    return;
  if (path == NULL) {
    tenant_control_fail (control, 400, "path is missing");
    return;
  }
  const char *slash = strrchr (path, '/');
  g_autofree char *above = slash != NULL ? g_strndup (path, slash - path) : NULL;
  TenantFolder *parent = above != NULL ? tenant_mailbox_find_path (owner->mailbox, above) : NULL;
  tenant_mailbox_add_folder (owner->mailbox, parent, slash != NULL ? slash + 1 : path, NULL);
  tenant_control_done (control);
}

static JsonObject *
describe_message (TenantMessage *message)
{
  JsonObject *object = json_object_new ();
  g_autofree char *path = tenant_folder_path (message->folder);
  g_autofree char *sha256 = tenant_control_sha256 (message);
  json_object_set_string_member (object, "id", message->immutable_id);
  json_object_set_string_member (object, "folder", path);
  json_object_set_string_member (object, "sha256", sha256);
  json_object_set_int_member (object, "size", (gint64)message->info.size);
  json_object_set_int_member (object, "received", message->received);
  json_object_set_string_member (object, "subject",
                                 message->info.subject != NULL ? message->info.subject : "");
  json_object_set_string_member (object, "messageId",
                                 message->info.message_id != NULL ? message->info.message_id : "");
  json_object_set_boolean_member (object, "hasAttachments", message->info.has_attachments);
  return object;
}

void
tenant_control_list_messages (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  if (owner == NULL)
    return;
  JsonObject *object = json_object_new ();
  JsonArray *messages = json_array_new ();
  for (guint i = 0; i < owner->mailbox->messages->len; i++)
    json_array_add_object_element (messages, describe_message (
                                                 g_ptr_array_index (owner->mailbox->messages, i)));
  json_object_set_array_member (object, "messages", messages);
  tenant_reply_json (control->message, 200, object);
}

void
tenant_control_get_message (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  TenantMessage *message = owner != NULL ? message_of (control, owner->mailbox) : NULL;
  if (message == NULL)
    return;
  g_autoptr (GBytes) bytes = tenant_message_read (message);
  soup_server_message_set_status (control->message, 200, NULL);
  soup_message_headers_set_content_type (soup_server_message_get_response_headers (
                                             control->message),
                                         "message/rfc822", NULL);
  soup_message_body_append_bytes (soup_server_message_get_response_body (control->message), bytes);
}

void
tenant_control_add_message (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  TenantFolder *folder = owner != NULL ? folder_of (control, owner->mailbox) : NULL;
  if (folder == NULL)
    return;
  TenantMailInfo mail_info = { 0 };
  tenant_mail_info_read (&mail_info, control->raw);
  TenantMessage *message = tenant_mailbox_add_message (owner->mailbox, folder, control->raw, NULL,
                                                       mail_info, tenant_now (control->tenant));
  tenant_reply_json (control->message, 200, describe_message (message));
}

void
tenant_control_write_messages (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  TenantFolder *folder = owner != NULL ? folder_of (control, owner->mailbox) : NULL;
  if (folder == NULL)
    return;
  g_autoptr (GPtrArray) written = g_ptr_array_new ();
  tenant_company_write_more (control->tenant->company, owner, folder,
                             (guint)tenant_control_number (control, "count", 1), written);
  JsonObject *object = json_object_new ();
  JsonArray *messages = json_array_new ();
  for (guint i = 0; i < written->len; i++)
    json_array_add_object_element (messages, describe_message (g_ptr_array_index (written, i)));
  json_object_set_array_member (object, "messages", messages);
  tenant_reply_json (control->message, 200, object);
}

void
tenant_control_move_message (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  TenantMessage *message = owner != NULL ? message_of (control, owner->mailbox) : NULL;
  TenantFolder *folder = message != NULL ? folder_of (control, owner->mailbox) : NULL;
  if (folder == NULL)
    return;
  tenant_mailbox_move (owner->mailbox, message, folder);
  tenant_control_done (control);
}

void
tenant_control_remove_message (TenantControl *control)
{
  TenantPerson *owner = owner_of (control);
  TenantMessage *message = owner != NULL ? message_of (control, owner->mailbox) : NULL;
  if (message == NULL)
    return;
  tenant_mailbox_remove (owner->mailbox, message);
  tenant_control_done (control);
}

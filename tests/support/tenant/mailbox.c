/* mailbox.c: folders and messages of one mailbox, and the log of their changes */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "mailbox.h"

#include "writer.h"

#include <string.h>

#define CASE_TWIN                                                                                  \
  40 /* every so many messages the id differs from its predecessor's in letter case only */

static void
folder_free (TenantFolder *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->well_known);
  g_free (self);
}

static void
message_free (TenantMessage *self)
{
  g_free (self->immutable_id);
  g_free (self->ordinary_id);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  tenant_mail_info_clear (&self->info);
  g_free (self);
}

static void
removal_free (TenantRemoval *self)
{
  g_free (self->immutable_id);
  g_free (self->ordinary_id);
  g_free (self);
}

static TenantFolder *
folder_new (TenantMailbox *self, TenantFolder *parent, const char *name, const char *well_known)
{
  TenantFolder *folder = g_new0 (TenantFolder, 1);
  g_autofree char *random = tenant_dice_id (&self->dice, 114);
  folder->id = g_strdup_printf ("AQMk%sAAA=", random);
  folder->name = g_strdup (name);
  folder->well_known = g_strdup (well_known);
  folder->parent = parent;
  g_ptr_array_add (self->folders, folder);
  return folder;
}

TenantMailbox *
tenant_mailbox_new (guint64 seed)
{
  TenantMailbox *self = g_new0 (TenantMailbox, 1);
  self->dice = tenant_dice (seed);
  self->folders = g_ptr_array_new_with_free_func ((GDestroyNotify)folder_free);
  self->messages = g_ptr_array_new_with_free_func ((GDestroyNotify)message_free);
  self->removals = g_ptr_array_new_with_free_func ((GDestroyNotify)removal_free);
  self->by_id = g_hash_table_new (g_str_hash, g_str_equal);
  self->root = folder_new (self, NULL, "Top of Information Store", "msgfolderroot");
  return self;
}

void
tenant_mailbox_free (TenantMailbox *self)
{
  g_hash_table_unref (self->by_id);
  g_ptr_array_unref (self->removals);
  g_ptr_array_unref (self->messages);
  g_ptr_array_unref (self->folders);
  g_free (self);
}

TenantFolder *
tenant_mailbox_add_folder (TenantMailbox *self, TenantFolder *parent, const char *name,
                           const char *well_known)
{
  return folder_new (self, parent != NULL ? parent : self->root, name, well_known);
}

TenantFolder *
tenant_mailbox_find_folder (TenantMailbox *self, const char *key)
{
  for (guint i = 0; i < self->folders->len; i++) {
    TenantFolder *folder = g_ptr_array_index (self->folders, i);
    if (g_str_equal (folder->id, key)
        || (folder->well_known != NULL && g_ascii_strcasecmp (folder->well_known, key) == 0))
      return folder;
  }
  return NULL;
}

char *
tenant_folder_path (TenantFolder *self)
{
  GString *path = g_string_new (NULL);
  for (TenantFolder *f = self; f->parent != NULL; f = f->parent) {
    g_auto (GStrv) pieces = g_strsplit (f->name, "/", -1);
    g_autofree char *name = g_strjoinv ("\\/", pieces);
    if (path->len > 0)
      g_string_prepend_c (path, '/');
    g_string_prepend (path, name);
  }
  return g_string_free (path, FALSE);
}

TenantFolder *
tenant_mailbox_find_path (TenantMailbox *self, const char *path)
{
  for (guint i = 1; i < self->folders->len; i++) {
    TenantFolder *folder = g_ptr_array_index (self->folders, i);
    g_autofree char *own = tenant_folder_path (folder);
    if (g_str_equal (own, path))
      return folder;
  }
  return NULL;
}

/* The same id but for the case of its last letter; NULL when that is taken or there is no letter.
 */
static char *
case_twin (TenantMailbox *self, const char *id)
{
  g_autofree char *twin = g_strdup (id);
  for (gsize i = strlen (twin); i > 4; i--) {
    if (g_ascii_isalpha (twin[i - 1])) {
      twin[i - 1] ^= 0x20;
      break;
    }
  }
  return g_hash_table_contains (self->by_id, twin) ? NULL : g_steal_pointer (&twin);
}

static void
give_ordinary_id (TenantMailbox *self, TenantMessage *message)
{
  g_autofree char *random = tenant_dice_id (&self->dice, 144);
  if (message->ordinary_id != NULL)
    g_hash_table_remove (self->by_id, message->ordinary_id);
  g_free (message->ordinary_id);
  message->ordinary_id = g_strdup_printf ("AAMk%sAAA=", random);
  g_hash_table_insert (self->by_id, message->ordinary_id, message);
}

TenantMessage *
tenant_mailbox_add_message (TenantMailbox *self, TenantFolder *folder, GBytes *bytes,
                            const TenantMailSpec *spec, TenantMailInfo info, gint64 received)
{
  TenantMessage *message = g_new0 (TenantMessage, 1);
  message->folder = folder;
  message->sequence = ++self->sequence;
  message->received = received;
  message->bytes = bytes != NULL ? g_bytes_ref (bytes) : NULL;
  if (spec != NULL)
    message->spec = *spec;
  message->info = info;
  if (self->messages->len > 0 && self->messages->len % CASE_TWIN == 0) {
    TenantMessage *last = g_ptr_array_index (self->messages, self->messages->len - 1);
    message->immutable_id = case_twin (self, last->immutable_id);
  }
  if (message->immutable_id == NULL) {
    g_autofree char *random = tenant_dice_id (&self->dice, 65);
    message->immutable_id = g_strdup_printf ("AAkAL%sA=", random);
  }
  g_hash_table_insert (self->by_id, message->immutable_id, message);
  give_ordinary_id (self, message);
  g_ptr_array_add (self->messages, message);
  return message;
}

TenantMessage *
tenant_mailbox_find_message (TenantMailbox *self, const char *id)
{
  return g_hash_table_lookup (self->by_id, id);
}

static void
log_removal (TenantMailbox *self, TenantMessage *message)
{
  TenantRemoval *removal = g_new0 (TenantRemoval, 1);
  removal->folder = message->folder;
  removal->immutable_id = g_strdup (message->immutable_id);
  removal->ordinary_id = g_strdup (message->ordinary_id);
  removal->sequence = ++self->sequence;
  g_ptr_array_add (self->removals, removal);
}

void
tenant_mailbox_move (TenantMailbox *self, TenantMessage *message, TenantFolder *folder)
{
  log_removal (self, message);
  message->folder = folder;
  message->sequence = ++self->sequence;
  give_ordinary_id (self, message);
}

void
tenant_mailbox_remove (TenantMailbox *self, TenantMessage *message)
{
  log_removal (self, message);
  g_hash_table_remove (self->by_id, message->immutable_id);
  g_hash_table_remove (self->by_id, message->ordinary_id);
  g_ptr_array_remove (self->messages, message);
}

guint
tenant_folder_count (TenantMailbox *self, TenantFolder *folder)
{
  guint n = 0;
  for (guint i = 0; i < self->messages->len; i++) {
    TenantMessage *message = g_ptr_array_index (self->messages, i);
    n += message->folder == folder;
  }
  return n;
}

GBytes *
tenant_message_read (TenantMessage *self)
{
  if (self->bytes != NULL)
    return g_bytes_ref (self->bytes);
  return tenant_writer_compose (&self->spec, NULL);
}

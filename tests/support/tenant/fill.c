/* fill.c: folder trees and how many messages of which kind lie in them */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "writer.h"

#include <string.h>

#define FIRST_DATE G_GINT64_CONSTANT (1577865600) /* 1 January 2020 */
#define LAST_DATE G_GINT64_CONSTANT (1793318400)  /* 30 October 2026 */
#define SPREAD_DAYS ((guint)((LAST_DATE - FIRST_DATE) / 86400))

typedef struct {
  const char *well_known;
  const char *names[TENANT_N_OFFICES];
  gboolean hidden;
} StandardFolder;

static const StandardFolder standard[] = {
  { "inbox", { "Inbox", "Boîte de réception", "Posteingang" }, FALSE },
  { "sentitems", { "Sent Items", "Éléments envoyés", "Gesendete Elemente" }, FALSE },
  { "drafts", { "Drafts", "Brouillons", "Entwürfe" }, FALSE },
  { "deleteditems", { "Deleted Items", "Éléments supprimés", "Gelöschte Elemente" }, FALSE },
  { "junkemail", { "Junk Email", "Courrier indésirable", "Junk-E-Mail" }, FALSE },
  { "archive", { "Archive", "Archive", "Archiv" }, FALSE },
  { "outbox", { "Outbox", "Boîte d'envoi", "Postausgang" }, FALSE },
  { "conversationhistory",
    { "Conversation History", "Historique des conversations", "Aufgezeichnete Unterhaltungen" },
    FALSE },
  { "syncissues",
    { "Sync Issues", "Problèmes de synchronisation", "Synchronisierungsprobleme" },
    FALSE },
  { NULL, { "Quick Step Settings", "Quick Step Settings", "Quick Step Settings" }, TRUE },
  { NULL, { "Kept by rule", "Conservé par règle", "Durch Regel behalten" }, TRUE },
};

/* Own folders, by path below the inbox ('/') or the root; "\/" is a slash in a name. */
static const char *const own_english[]
    = { "inbox/Customers",
        "inbox/Customers/Vane Optics",
        "inbox/Customers/Halden & Sons",
        "inbox/Invoices 2024\\/2025",
        "inbox/Projects",
        "inbox/Projects/Heron",
        "inbox/Projects/Heron/2024",
        "inbox/Projects/Heron/2024/Q3",
        "inbox/Projects/Heron/2024/Q3/Mounts",
        "inbox/Projects/Heron/2024/Q3/Mounts/Rev. B",
        "inbox/Projects/Heron/2024/Q3/Mounts/Rev. B/Measurements",
        "📌 Follow up",
        "客户 – 上海",
        "100% done? #1",
        NULL };
static const char *const own_french[] = { "inbox/Clients",
                                          "inbox/Fournisseurs",
                                          "inbox/Été 2025",
                                          "Comité d'entreprise",
                                          "Dossier <à classer>",
                                          "inbox/Qualité\\/Sécurité",
                                          "Années",
                                          "Années/2023",
                                          "Années/2024",
                                          NULL };
static const char *const own_german[] = { "inbox/Kunden",
                                          "inbox/Kunden/Österreich",
                                          "inbox/Kunden/Schweiz",
                                          "Prüfstände",
                                          "Persönlich",
                                          "inbox/Einkauf & Lager",
                                          "Ablage",
                                          "Ablage/Jahr 2022",
                                          "Ablage/Jahr 2023",
                                          "Ελλάδα",
                                          NULL };

static void
add_own_folder (TenantMailbox *mailbox, const char *path)
{
  const char *slash = NULL;
  for (const char *p = path; *p != '\0'; p++)
    if (*p == '/' && (p == path || p[-1] != '\\'))
      slash = p;
  TenantFolder *parent = NULL, *inbox = tenant_mailbox_find_folder (mailbox, "inbox");
  if (slash != NULL && g_str_has_prefix (path, "inbox/")) {
    g_autofree char *rest = g_strndup (path + 5, slash - path - 5); /* "" or "/Customers" */
    g_autofree char *above = tenant_folder_path (inbox);
    g_autofree char *whole = g_strconcat (above, rest, NULL);
    parent = tenant_mailbox_find_path (mailbox, whole);
  } else if (slash != NULL) {
    g_autofree char *above = g_strndup (path, slash - path);
    parent = tenant_mailbox_find_path (mailbox, above);
  }
  g_autoptr (GString) name = g_string_new (slash != NULL ? slash + 1 : path);
  g_string_replace (name, "\\/", "/", 0);
  tenant_mailbox_add_folder (mailbox, parent, name->str, NULL);
}

static void
furnish (TenantPerson *owner)
{
  static const char *const *const own[] = { own_english, own_french, own_german };
  TenantMailbox *mailbox = owner->mailbox;
  for (guint i = 0; i < G_N_ELEMENTS (standard); i++) {
    TenantFolder *folder
        = tenant_mailbox_add_folder (mailbox, NULL, standard[i].names[owner->office],
                                     standard[i].well_known);
    folder->hidden = standard[i].hidden;
  }
  for (guint i = 0; own[owner->office][i] != NULL; i++)
    add_own_folder (mailbox, own[owner->office][i]);
  TenantFolder *search
      = tenant_mailbox_add_folder (mailbox, tenant_mailbox_find_folder (mailbox, "inbox"),
                                   "Unread Mail", NULL);
  search->search = TRUE;
  search = tenant_mailbox_add_folder (mailbox, NULL, "Large Mail", NULL);
  search->search = TRUE;
}

static TenantMessage *
write_message (TenantFolder *folder, const TenantMailSpec *spec)
{
  TenantMailInfo info = { 0 };
  g_autoptr (GBytes) bytes = tenant_writer_compose (spec, &info);
  return tenant_mailbox_add_message (spec->owner->mailbox, folder, NULL, spec, info, spec->date);
}

/* Where incoming mail ends up: mostly the inbox, else any folder that people put mail into. */
static TenantFolder *
choose_folder (TenantPerson *owner, TenantDice *dice)
{
  TenantMailbox *mailbox = owner->mailbox;
  TenantFolder *folder = NULL;
  if (tenant_dice_chance (dice, 45))
    return tenant_mailbox_find_folder (mailbox, "inbox");
  do
    folder = g_ptr_array_index (mailbox->folders,
                                1 + tenant_dice_below (dice, mailbox->folders->len - 1));
  while (folder->search || g_strcmp0 (folder->well_known, "outbox") == 0
         || g_strcmp0 (folder->well_known, "sentitems") == 0
         || g_str_equal (folder->name, "Quick Step Settings"));
  return folder;
}

static TenantMailKind
choose_kind (TenantDice *dice)
{
  static const guchar weights[TENANT_MAIL_N_KINDS] = {
    [TENANT_MAIL_PLAIN] = 24,       [TENANT_MAIL_HTML] = 8,    [TENANT_MAIL_ALTERNATIVE] = 20,
    [TENANT_MAIL_INLINE_IMAGE] = 6, [TENANT_MAIL_PDF] = 8,     [TENANT_MAIL_IMAGES] = 2,
    [TENANT_MAIL_OFFICE] = 4,       [TENANT_MAIL_CSV] = 3,     [TENANT_MAIL_FORWARDED] = 2,
    [TENANT_MAIL_INVITATION] = 3,   [TENANT_MAIL_FOREIGN] = 7, [TENANT_MAIL_LATIN1] = 5,
    [TENANT_MAIL_NEWSLETTER] = 3,   [TENANT_MAIL_BOUNCE] = 1,  [TENANT_MAIL_MALFORMED] = 2,
    [TENANT_MAIL_NO_ID] = 1,        [TENANT_MAIL_NO_DATE] = 1,
  };
  guint at = tenant_dice_below (dice, 100);
  for (guint kind = 0; kind < TENANT_MAIL_N_KINDS; kind++) {
    if (at < weights[kind])
      return kind;
    at -= weights[kind];
  }
  return TENANT_MAIL_PLAIN;
}

static gint64
choose_date (TenantDice *dice)
{
  return FIRST_DATE + (gint64)tenant_dice_below (dice, SPREAD_DAYS) * 86400 + 6 * 3600
         + tenant_dice_below (dice, 12 * 3600);
}

/* What the filling is at. */
typedef struct {
  TenantDice dice;
  GPtrArray *owners;
  GArray *weights; /* index into owners, as often as it weighs */
  guint left;
} Filling;

static TenantPerson *
choose_owner (Filling *filling)
{
  guint at = tenant_dice_below (&filling->dice, filling->weights->len);
  return g_ptr_array_index (filling->owners, g_array_index (filling->weights, guint, at));
}

/* A conversation between the owner and an outsider, in turns. */
static void
write_thread (Filling *filling, TenantPerson *owner)
{
  guint wanted = 2 + tenant_dice_below (&filling->dice, 6), length = MIN (filling->left, wanted);
  guint64 thread = tenant_dice_next (&filling->dice) | 1;
  gint64 date = choose_date (&filling->dice);
  TenantFolder *folder = choose_folder (owner, &filling->dice);
  TenantFolder *sent = tenant_mailbox_find_folder (owner->mailbox, "sentitems");
  for (guint i = 0; i < length; i++) {
    TenantMailSpec spec = {
      .seed = tenant_dice_next (&filling->dice), .owner = owner, .thread = thread, .position = i
    };
    spec.outgoing = i % 2 == 1;
    spec.kind = i == 0 ? TENANT_MAIL_PDF : TENANT_MAIL_ALTERNATIVE;
    spec.date = date += 600 + tenant_dice_below (&filling->dice, 86400);
    spec.sender = spec.outgoing ? owner : NULL;
    spec.recipient = spec.outgoing ? NULL : owner;
    write_message (spec.outgoing ? sent : folder, &spec);
  }
  filling->left -= length;
}

/* One message between colleagues: it lies in both mailboxes, with the same content. */
static void
write_internal (Filling *filling, TenantPerson *owner)
{
  TenantPerson *colleague = choose_owner (filling);
  TenantMailSpec spec = { .seed = tenant_dice_next (&filling->dice),
                          .owner = owner,
                          .sender = owner,
                          .recipient = colleague };
  spec.kind = choose_kind (&filling->dice);
  spec.date = choose_date (&filling->dice);
  spec.outgoing = TRUE;
  if (spec.kind == TENANT_MAIL_FOREIGN || spec.kind == TENANT_MAIL_NEWSLETTER)
    spec.kind = TENANT_MAIL_PDF;
  write_message (tenant_mailbox_find_folder (owner->mailbox, "sentitems"), &spec);
  filling->left--;
  if (filling->left == 0 || colleague == owner)
    return;
  spec.owner = colleague;
  spec.outgoing = FALSE;
  write_message (choose_folder (colleague, &filling->dice), &spec);
  filling->left--;
}

/* A byte-identical copy of a message in another folder, as people make them. */
static void
write_duplicate (Filling *filling, TenantPerson *owner)
{
  TenantMailbox *mailbox = owner->mailbox;
  if (mailbox->messages->len == 0)
    return;
  TenantMessage *message
      = g_ptr_array_index (mailbox->messages,
                           tenant_dice_below (&filling->dice, mailbox->messages->len));
  TenantFolder *folder = tenant_mailbox_find_folder (mailbox, "archive");
  if (message->folder == folder)
    return;
  write_message (folder, &message->spec);
  filling->left--;
}

static void
write_single (Filling *filling, TenantPerson *owner, TenantMailKind kind)
{
  TenantMailSpec spec = { .seed = tenant_dice_next (&filling->dice), .owner = owner, .kind = kind };
  spec.date = choose_date (&filling->dice);
  spec.outgoing = tenant_dice_chance (&filling->dice, 25) && kind != TENANT_MAIL_NEWSLETTER
                  && kind != TENANT_MAIL_BOUNCE;
  spec.sender = spec.outgoing ? owner : NULL;
  spec.recipient = spec.outgoing ? NULL : owner;
  write_message (spec.outgoing ? tenant_mailbox_find_folder (owner->mailbox, "sentitems")
                               : choose_folder (owner, &filling->dice),
                 &spec);
  filling->left--;
}

static void
weigh (Filling *filling, TenantPerson *person)
{
  guint weight = g_strcmp0 (person->purpose, "shared") == 0 ? 6
                 : g_strcmp0 (person->purpose, "room") == 0 ? 1
                                                            : 3;
  guint index = filling->owners->len;
  if (person->job_title != NULL
      && (strstr (person->job_title, "Director") != NULL
          || strstr (person->job_title, "Manager") != NULL))
    weight += 4;
  g_ptr_array_add (filling->owners, person);
  for (guint i = 0; i < weight; i++)
    g_array_append_val (filling->weights, index);
}

static void
write_something (Filling *filling)
{
  TenantPerson *owner = choose_owner (filling);
  guint at = tenant_dice_below (&filling->dice, 1000);
  if (at < 4)
    write_duplicate (filling, owner);
  else if (at < 160)
    write_thread (filling, owner);
  else if (at < 400)
    write_internal (filling, owner);
  else
    write_single (filling, owner, choose_kind (&filling->dice));
}

void
tenant_company_fill (TenantCompany *self, guint messages)
{
  Filling filling = { .dice = tenant_dice (self->seed ^ 0xf111), .left = messages };
  filling.owners = g_ptr_array_new ();
  filling.weights = g_array_new (FALSE, FALSE, sizeof (guint));
  for (guint i = 0; i < self->people->len; i++) {
    TenantPerson *person = g_ptr_array_index (self->people, i);
    if (person->mailbox == NULL)
      continue;
    furnish (person);
    weigh (&filling, person);
  }
  /* Every kind at least once, and some large ones, however small the company's post is. */
  for (guint kind = 0; kind < TENANT_MAIL_LARGE && filling.left > 0; kind++)
    write_single (&filling, choose_owner (&filling), kind);
  for (guint i = 0; messages >= 100 && i < 1 + messages / 600 && filling.left > 0; i++)
    write_single (&filling, choose_owner (&filling), TENANT_MAIL_LARGE);
  while (filling.left > 0)
    write_something (&filling);
  g_ptr_array_unref (filling.owners);
  g_array_unref (filling.weights);
}

void
tenant_company_write_more (TenantCompany *self, TenantPerson *owner, TenantFolder *folder,
                           guint count, GPtrArray *ids)
{
  for (guint i = 0; i < count; i++) {
    guint64 number = ++self->written;
    TenantDice dice = tenant_dice (self->seed + (number << 32));
    TenantMailSpec spec = { .seed = tenant_dice_next (&dice), .owner = owner, .recipient = owner };
    spec.date = LAST_DATE + (gint64)number * 60;
    spec.kind = choose_kind (&dice);
    g_ptr_array_add (ids, write_message (folder, &spec));
  }
}

/* company.c: the people, shared mailboxes and groups of a tenant */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "company.h"

#include "people.h"

#include <string.h>

TenantPerson *
tenant_person_new (const char *id, const char *upn, const char *display_name)
{
  TenantPerson *self = g_new0 (TenantPerson, 1);
  self->id = g_strdup (id);
  self->upn = g_strdup (upn);
  self->display_name = g_strdup (display_name);
  self->proxies = g_ptr_array_new_with_free_func (g_free);
  self->enabled = TRUE;
  return self;
}

void
tenant_person_free (TenantPerson *self)
{
  g_free (self->id);
  g_free (self->upn);
  g_free (self->mail);
  g_free (self->display_name);
  g_free (self->given_name);
  g_free (self->surname);
  g_free (self->department);
  g_free (self->job_title);
  g_free (self->purpose);
  g_ptr_array_unref (self->proxies);
  g_clear_pointer (&self->mailbox, tenant_mailbox_free);
  g_free (self);
}

static void
group_free (TenantGroup *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->mail);
  g_ptr_array_unref (self->people);
  g_ptr_array_unref (self->children);
  g_free (self);
}

/* The first word of the name in lower-case ASCII letters. */
static char *
domain_label (const char *name)
{
  g_autofree char *ascii = g_str_to_ascii (name, "C");
  GString *label = g_string_new (NULL);
  for (const char *p = ascii; *p != '\0' && !(*p == ' ' && label->len > 0); p++)
    if (g_ascii_isalnum (*p))
      g_string_append_c (label, g_ascii_tolower (*p));
  if (label->len == 0)
    g_string_append (label, "company");
  return g_string_free (label, FALSE);
}

/* Main address and aliases; a person without Exchange has a mail property but no proxies of ours.
 */
static void
give_addresses (TenantCompany *self, TenantPerson *person, const TenantPersonRow *row)
{
  person->mail = g_strdup_printf ("%s@%s", row->local, self->domain);
  if (row->aliases != NULL) {
    g_auto (GStrv) aliases = g_strsplit (row->aliases, ",", -1);
    for (guint i = 0; aliases[i] != NULL; i++)
      g_ptr_array_add (person->proxies, g_strdup_printf ("smtp:%s@%s", aliases[i], self->domain));
  }
  g_ptr_array_add (person->proxies, g_strdup_printf ("SMTP:%s", person->mail));
  g_ptr_array_add (person->proxies,
                   g_strdup_printf ("smtp:%s@%s", row->local, self->initial_domain));
  if (row->kind == 'u')
    g_ptr_array_add (person->proxies, g_strdup_printf ("SIP:%s", person->mail));
}

static void
give_mailbox (TenantPerson *person, const char *purpose, guint64 seed)
{
  person->purpose = g_strdup (purpose);
  person->mailbox = tenant_mailbox_new (seed);
}

static void
apply_kind (TenantCompany *self, TenantPerson *person, const TenantPersonRow *row, guint64 seed)
{
  char kind = row->kind;
  person->licensed = strchr ("ulv", kind) != NULL;
  person->exchange_plan = strchr ("ul", kind) != NULL;
  person->enabled = strchr ("unvag", kind) != NULL;
  person->guest = kind == 'g';
  if (kind != 'a' && kind != 'g')
    give_addresses (self, person, row);
  if (kind == 'u' || kind == 'l')
    give_mailbox (person, "user", seed);
  else if (kind == 's' || kind == 'r')
    give_mailbox (person, kind == 's' ? "shared" : "room", seed);
  if (kind == 'g') { /* anna_example.org#EXT# was invited as anna@example.org */
    g_autofree char *outside = g_strndup (row->local, strlen (row->local) - strlen ("#EXT#"));
    *strrchr (outside, '_') = '@';
    person->mail = g_steal_pointer (&outside);
    g_ptr_array_add (person->proxies, g_strdup_printf ("SMTP:%s", person->mail));
  }
}

static void
hire (TenantCompany *self, TenantDice *dice, const TenantPersonRow *row)
{
  gboolean inside = row->kind != 'g' && row->kind != 'a';
  g_autofree char *id = tenant_dice_guid (dice);
  g_autofree char *upn
      = g_strdup_printf ("%s@%s", row->local, inside ? self->domain : self->initial_domain);
  TenantPerson *person = tenant_person_new (id, upn, row->display_name);
  person->company = self;
  person->given_name = g_strdup (row->given_name);
  person->surname = g_strdup (row->surname);
  person->department = g_strdup (row->department);
  person->job_title = g_strdup (row->job_title);
  person->office = row->office;
  apply_kind (self, person, row, tenant_dice_next (dice));
  g_ptr_array_add (self->people, person);
  g_ptr_array_add (self->cast, person);
}

static TenantGroup *
group_by_name (TenantCompany *self, const char *name)
{
  for (guint i = 0; i < self->groups->len; i++) {
    TenantGroup *group = g_ptr_array_index (self->groups, i);
    if (g_str_equal (group->name, name))
      return group;
  }
  return NULL;
}

static TenantPerson *
person_by_local (TenantCompany *self, const char *local)
{
  gsize length = strlen (local);
  for (guint i = 0; i < self->people->len; i++) {
    TenantPerson *person = g_ptr_array_index (self->people, i);
    if (g_ascii_strncasecmp (person->upn, local, length) == 0 && person->upn[length] == '@')
      return person;
  }
  return NULL;
}

static void
form_groups (TenantCompany *self, TenantDice *dice)
{
  guint n;
  const TenantGroupRow *rows = tenant_groups_table (&n);
  for (guint i = 0; i < n; i++) {
    TenantGroup *group = g_new0 (TenantGroup, 1);
    group->id = tenant_dice_guid (dice);
    group->name = g_strdup (rows[i].name);
    group->unified = rows[i].local != NULL;
    if (group->unified)
      group->mail = g_strdup_printf ("%s@%s", rows[i].local, self->domain);
    group->people = g_ptr_array_new ();
    group->children = g_ptr_array_new ();
    g_ptr_array_add (self->groups, group);
  }
  for (guint i = 0; i < n; i++) {
    TenantGroup *group = g_ptr_array_index (self->groups, i);
    g_auto (GStrv) members = g_strsplit (rows[i].members, ",", -1);
    for (guint m = 0; members[m] != NULL; m++) {
      if (*members[m] == '+')
        g_ptr_array_add (group->children, group_by_name (self, members[m] + 1));
      else
        g_ptr_array_add (group->people, person_by_local (self, members[m]));
    }
  }
}

TenantCompany *
tenant_company_new (const char *name, guint64 seed)
{
  TenantDice dice = tenant_dice (seed);
  TenantCompany *self = g_new0 (TenantCompany, 1);
  g_autofree char *label = domain_label (name);
  self->name = g_strdup (name);
  self->seed = seed;
  self->domain = g_strdup_printf ("%s.example", label);
  self->initial_domain = g_strdup_printf ("%s.onmicrosoft.example", label);
  self->tenant_id = tenant_dice_guid (&dice);
  self->people = g_ptr_array_new ();
  self->cast = g_ptr_array_new_with_free_func ((GDestroyNotify)tenant_person_free);
  self->groups = g_ptr_array_new_with_free_func ((GDestroyNotify)group_free);
  guint n;
  const TenantPersonRow *rows = tenant_people_table (&n);
  for (guint i = 0; i < n; i++)
    hire (self, &dice, &rows[i]);
  self->n_writers = self->cast->len;
  form_groups (self, &dice);
  return self;
}

void
tenant_company_free (TenantCompany *self)
{
  g_ptr_array_unref (self->groups);
  g_ptr_array_unref (self->people);
  g_ptr_array_unref (self->cast);
  g_free (self->name);
  g_free (self->domain);
  g_free (self->initial_domain);
  g_free (self->tenant_id);
  g_free (self);
}

TenantPerson *
tenant_company_find (TenantCompany *self, const char *key)
{
  g_autofree char *folded = g_utf8_casefold (key, -1);
  for (guint i = 0; i < self->people->len; i++) {
    TenantPerson *person = g_ptr_array_index (self->people, i);
    g_autofree char *upn = g_utf8_casefold (person->upn, -1);
    if (g_str_equal (folded, upn) || g_ascii_strcasecmp (person->id, key) == 0)
      return person;
  }
  return NULL;
}

TenantGroup *
tenant_company_find_group (TenantCompany *self, const char *id)
{
  for (guint i = 0; i < self->groups->len; i++) {
    TenantGroup *group = g_ptr_array_index (self->groups, i);
    if (g_ascii_strcasecmp (group->id, id) == 0)
      return group;
  }
  return NULL;
}

TenantPerson *
tenant_company_add (TenantCompany *self, JsonObject *object)
{
  const char *upn = json_object_get_string_member (object, "userPrincipalName");
  g_autofree char *id = g_uuid_string_random ();
  gboolean licensed = json_object_get_boolean_member_with_default (object, "licensed", TRUE);
  const char *name = json_object_get_string_member_with_default (object, "displayName", upn);
  TenantPerson *person = tenant_person_new (id, upn, name);
  person->company = self;
  person->mail = g_strdup (json_object_get_string_member_with_default (object, "mail", upn));
  person->enabled = json_object_get_boolean_member_with_default (object, "accountEnabled", TRUE);
  person->licensed = person->exchange_plan = licensed;
  g_ptr_array_add (person->proxies, g_strdup_printf ("SMTP:%s", person->mail));
  if (json_object_get_boolean_member_with_default (object, "mailbox", licensed)) {
    give_mailbox (person, "user", self->seed + self->cast->len);
    tenant_mailbox_add_folder (person->mailbox, NULL, "Inbox", "inbox");
  }
  g_ptr_array_add (self->people, person);
  g_ptr_array_add (self->cast, person);
  return person;
}

void
tenant_company_remove (TenantCompany *self, TenantPerson *person)
{
  g_ptr_array_remove (self->people, person);
  for (guint i = 0; i < self->groups->len; i++) {
    TenantGroup *group = g_ptr_array_index (self->groups, i);
    g_ptr_array_remove (group->people, person);
  }
}

static void
collect (TenantGroup *self, gboolean transitive, GPtrArray *people, GPtrArray *groups)
{
  for (guint i = 0; i < self->people->len; i++) {
    TenantPerson *person = g_ptr_array_index (self->people, i);
    if (!g_ptr_array_find (people, person, NULL))
      g_ptr_array_add (people, person);
  }
  for (guint i = 0; i < self->children->len; i++) {
    TenantGroup *child = g_ptr_array_index (self->children, i);
    if (g_ptr_array_find (groups, child, NULL))
      continue; /* groups may contain one another */
    g_ptr_array_add (groups, child);
    if (transitive)
      collect (child, TRUE, people, groups);
  }
}

void
tenant_group_members (TenantGroup *self, gboolean transitive, GPtrArray *people, GPtrArray *groups)
{
  collect (self, transitive, people, groups);
}

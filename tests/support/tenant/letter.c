/* letter.c: what a message says, before it is put into MIME */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "letter.h"

#include <string.h>

/* Replaces the {words} of a template. */
static char *
expand (TenantLetter *self, const char *template)
{
  GString *out = g_string_new (template);
  g_autofree char *count = g_strdup_printf ("%u", 2 + tenant_dice_below (&self->dice, 97));
  const TenantPerson *recipient = self->spec->recipient;
  const char *name = recipient != NULL && recipient->given_name != NULL ? recipient->given_name
                     : self->to_name != NULL                            ? self->to_name
                                                                        : self->to_address;
  const struct {
    const char *word;
    const char *value;
  } values[] = { { "{order}", self->order },
                 { "{product}", self->product },
                 { "{firm}", self->firm },
                 { "{count}", count },
                 { "{name}", name },
                 { "{place}", tenant_dice_pick (&self->dice, self->words->places) },
                 { "{day}", tenant_dice_pick (&self->dice, self->words->days) } };
  for (guint i = 0; i < G_N_ELEMENTS (values); i++)
    g_string_replace (out, values[i].word, values[i].value, 0);
  return g_string_free (out, FALSE);
}

/* Outsiders of a far language write the foreign mail, the others the rest. */
static const TenantOutsider *
choose_outsider (const TenantMailSpec *spec, TenantDice *dice)
{
  guint n;
  const TenantOutsider *all = tenant_outsiders (&n);
  gboolean far = spec->kind == TENANT_MAIL_FOREIGN;
  const TenantOutsider *outsider;
  do
    outsider = &all[tenant_dice_below (dice, n)];
  while ((outsider->language >= TENANT_LANGUAGE_JAPANESE) != far);
  return outsider;
}

static void
name_people (TenantLetter *self, const TenantOutsider *outsider)
{
  TenantPerson *sender = self->spec->sender, *recipient = self->spec->recipient;
  self->from_name = g_strdup (sender != NULL ? sender->display_name : outsider->name);
  self->from_address = g_strdup (sender != NULL ? sender->mail : outsider->address);
  self->to_name = g_strdup (recipient != NULL ? recipient->display_name : outsider->name);
  self->to_address = g_strdup (recipient != NULL ? recipient->mail : outsider->address);
  self->firm = g_strdup (outsider->firm);
}

static TenantLanguage
choose_language (const TenantMailSpec *spec, const TenantOutsider *outsider)
{
  if (spec->kind == TENANT_MAIL_FOREIGN || spec->sender == NULL || spec->recipient == NULL)
    return outsider->language;
  return (TenantLanguage)spec->sender->office;
}

char *
tenant_letter_thread_id (const TenantMailSpec *spec, guint position)
{
  TenantDice dice = tenant_dice ((spec->thread != 0 ? spec->thread : spec->seed) + position * 7919);
  g_autofree char *id = tenant_dice_id (&dice, 20);
  return g_strdup_printf ("<%s.%u@mx.%s>", id, position, spec->owner->company->domain);
}

char *
tenant_letter_date (gint64 unix_seconds, TenantDice *dice)
{
  static const char *const days[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
  static const char *const months[]
      = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
  static const int zones[] = { 0, 1, 2, 1, 9, -5 };
  int zone = zones[tenant_dice_below (dice, G_N_ELEMENTS (zones))];
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_utc (unix_seconds + zone * 3600);
  return g_strdup_printf ("%s, %d %s %d %02d:%02d:%02d %+03d00",
                          days[g_date_time_get_day_of_week (date) - 1],
                          g_date_time_get_day_of_month (date),
                          months[g_date_time_get_month (date) - 1], g_date_time_get_year (date),
                          g_date_time_get_hour (date), g_date_time_get_minute (date),
                          g_date_time_get_second (date), zone);
}

void
tenant_letter_begin (TenantLetter *self, const TenantMailSpec *spec)
{
  TenantDice topic = tenant_dice (spec->thread != 0 ? spec->thread : spec->seed);
  const TenantOutsider *outsider = choose_outsider (spec, &topic);
  self->spec = spec;
  self->words = tenant_words (choose_language (spec, outsider));
  name_people (self, outsider);
  self->order
      = g_strdup_printf ("%c%c-%05u", 'A' + tenant_dice_below (&topic, 26),
                         'A' + tenant_dice_below (&topic, 26), tenant_dice_below (&topic, 100000));
  self->product = g_strdup (tenant_dice_pick (&topic, self->words->products));
  self->dice = topic;
  g_autofree char *base = expand (self, tenant_dice_pick (&self->dice, self->words->subjects));
  self->subject = g_strconcat (spec->position > 0 ? self->words->reply_prefix : "", base, NULL);
  self->message_id = tenant_letter_thread_id (spec, spec->position);
  self->dice = tenant_dice (spec->seed + 1);
}

void
tenant_letter_clear (TenantLetter *self)
{
  g_free (self->from_name);
  g_free (self->from_address);
  g_free (self->to_name);
  g_free (self->to_address);
  g_free (self->subject);
  g_free (self->message_id);
  g_free (self->order);
  g_free (self->product);
  g_free (self->firm);
}

char *
tenant_letter_sentence (TenantLetter *self)
{
  return expand (self, tenant_dice_pick (&self->dice, self->words->sentences));
}

char *
tenant_letter_text (TenantLetter *self, guint sentences)
{
  GString *text = g_string_new (NULL);
  g_autofree char *greeting = expand (self, tenant_dice_pick (&self->dice, self->words->greetings));
  g_autofree char *closing = expand (self, tenant_dice_pick (&self->dice, self->words->closings));
  g_string_append_printf (text, "%s\n\n", greeting);
  /* Consecutive ones from somewhere: no letter says the same twice. */
  guint all = g_strv_length ((char **)self->words->sentences),
        first = tenant_dice_below (&self->dice, all);
  sentences = MIN (sentences, all);
  for (guint i = 0; i < sentences; i++) {
    g_autofree char *sentence = expand (self, self->words->sentences[(first + i * 5) % all]);
    g_string_append (text, sentence);
    g_string_append (text, i + 1 == sentences ? "\n" : i % 3 == 2 ? "\n\n" : " ");
  }
  g_string_append_printf (text, "\n%s\n%s\n", closing,
                          self->from_name != NULL ? self->from_name : self->from_address);
  if (self->spec->position > 0)
    g_string_append_printf (text, "\n> %s\n> %s\n", self->order, self->product);
  return g_string_free (text, FALSE);
}

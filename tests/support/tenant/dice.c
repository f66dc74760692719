/* dice.c: deterministic random numbers (the SplitMix64 sequence) */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "dice.h"

TenantDice
tenant_dice (guint64 seed)
{
  TenantDice dice = { seed };
  return dice;
}

guint64
tenant_dice_next (TenantDice *dice)
{
  dice->state += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  guint64 z = dice->state;
  z = (z ^ (z >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return z ^ (z >> 31);
}

guint
tenant_dice_below (TenantDice *dice, guint n)
{
  return n == 0 ? 0 : (guint)((tenant_dice_next (dice) >> 16) % n);
}

gboolean
tenant_dice_chance (TenantDice *dice, guint percent)
{
  return tenant_dice_below (dice, 100) < percent;
}

const char *
tenant_dice_pick (TenantDice *dice, const char *const *words)
{
  return words[tenant_dice_below (dice, g_strv_length ((char **)words))];
}

char *
tenant_dice_guid (TenantDice *dice)
{
  guint64 a = tenant_dice_next (dice), b = tenant_dice_next (dice);
  return g_strdup_printf ("%08x-%04x-4%03x-%04x-%012" G_GINT64_MODIFIER "x", (guint)(a >> 32),
                          (guint)(a >> 16) & 0xffff, (guint)a & 0xfff,
                          0x8000 | ((guint)(b >> 48) & 0x3fff),
                          b & G_GUINT64_CONSTANT (0xffffffffffff));
}

char *
tenant_dice_id (TenantDice *dice, guint n)
{
  static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  char *id = g_malloc (n + 1);
  for (guint i = 0; i < n; i++)
    id[i] = alphabet[tenant_dice_next (dice) >> 58];
  id[n] = '\0';
  return id;
}

/* dice.h: deterministic random numbers */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

typedef struct {
  guint64 state;
} TenantDice;

TenantDice
tenant_dice (guint64 seed);
guint64
tenant_dice_next (TenantDice *dice);

/* A number from 0 to n - 1; 0 when n is 0. */
guint
tenant_dice_below (TenantDice *dice, guint n);

/* TRUE in `percent` of 100 cases. */
gboolean
tenant_dice_chance (TenantDice *dice, guint percent);

/* One of a NULL-ended array. */
const char *
tenant_dice_pick (TenantDice *dice, const char *const *words);

char *
tenant_dice_guid (TenantDice *dice);

/* `n` characters of the base64url alphabet. */
char *
tenant_dice_id (TenantDice *dice, guint n);

/* words.h: what the company's people write about, by language */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

typedef enum {
  TENANT_LANGUAGE_ENGLISH, /* the first three in the order of TenantOffice */
  TENANT_LANGUAGE_FRENCH,
  TENANT_LANGUAGE_GERMAN,
  TENANT_LANGUAGE_JAPANESE,
  TENANT_LANGUAGE_CHINESE,
  TENANT_LANGUAGE_GREEK,
  TENANT_LANGUAGE_RUSSIAN,
  TENANT_LANGUAGE_ARABIC,
  TENANT_N_LANGUAGES
} TenantLanguage;

/* Texts may hold {order}, {product}, {place}, {day}, {count}, {name}, {firm}. All lists end with
 * NULL. */
typedef struct {
  const char *const *subjects;
  const char *const *greetings;
  const char *const *sentences;
  const char *const *closings;
  const char *const *products;
  const char *const *places;
  const char *const *days;
  const char *reply_prefix;
  const char *legacy_charset; /* what older programs there write */
} TenantWords;

/* Somebody who is not of the company. */
typedef struct {
  const char *name;
  const char *address;
  const char *firm;
  TenantLanguage language;
} TenantOutsider;

const TenantWords *
tenant_words (TenantLanguage language);
const TenantOutsider *
tenant_outsiders (guint *n);

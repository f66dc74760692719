/* address-names.c: who an address header names, without the addresses */
/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "muniment-message"

#include "address-names.h"

#include "gmime-options.h"

#include <string.h>

/* A line of a list shows no more; it also bounds how deep groups can nest. */
#define LIST_LIMIT 2048

static const char *
name_of (InternetAddress *address)
{
  const char *name = internet_address_get_name (address);

  if (name != NULL && *name != '\0')
    return name;
  if (INTERNET_ADDRESS_IS_MAILBOX (address))
    return internet_address_mailbox_get_addr (INTERNET_ADDRESS_MAILBOX (address));
  return NULL;
}

char *
mun_address_dup_names (const char *list)
{
  InternetAddressList *addresses;
  g_autoptr (GString) names = g_string_new (NULL);

  if (strlen (list) > LIST_LIMIT)
    return g_strdup (list);
  addresses = internet_address_list_parse (mun_gmime_get_options (), list);
  for (int i = 0; addresses != NULL && i < internet_address_list_length (addresses); i++) {
    const char *name = name_of (internet_address_list_get_address (addresses, i));

    if (name == NULL || *name == '\0')
      continue;
    if (names->len > 0)
      g_string_append (names, ", ");
    g_string_append (names, name);
  }
  g_clear_object (&addresses);
  return names->len > 0 ? g_string_free (g_steal_pointer (&names), FALSE) : g_strdup (list);
}

/* certificate-create.c: a new RSA key and a self-signed certificate for it */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "mun-credential"

#include "certificate-private.h"

#include "errors.h"
#include "text.h"

#include <string.h>

#define NAME_LIMIT 64          /* ub-common-name, RFC 5280 appendix A.1 */
#define SERIAL_BYTES 16        /* 127 random bits; RFC 5280 allows 20 bytes */
#define CLOCK_SKEW_SECONDS 600 /* the tenant's clock may be behind ours */

typedef struct {
  char *common_name;
  guint bits;
  guint months;
} Request;

static void
request_free (Request *request)
{
  g_free (request->common_name);
  g_free (request);
}

/* What may stand in a subject: valid UTF-8, one line, at most 64 characters. */
static char *
clean_common_name (const char *common_name)
{
  g_autofree char *valid = mun_text_make_valid (common_name, -1);
  g_autoptr (GString) text = g_string_new (NULL);
  glong count = 0;

  g_strstrip (valid);
  for (const char *p = valid; *p && count < NAME_LIMIT; p = g_utf8_next_char (p), count++) {
    gunichar c = g_utf8_get_char (p);
    g_string_append_unichar (text, g_unichar_iscntrl (c) ? ' ' : c);
  }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
check_arguments (const char *name, guint bits, guint months, GError **error)
{
  if (*name == '\0')
    g_set_error_literal (error, MUN_ERROR, MUN_ERROR_INVALID,
                         "Creating a certificate: the name is empty");
  else if (bits != 2048 && bits != 3072 && bits != 4096)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Creating a certificate: %u bits are not offered, only 2048, 3072, 4096", bits);
  else if (months < 1 || months > MUN_CERTIFICATE_MAX_MONTHS)
    g_set_error (error, MUN_ERROR, MUN_ERROR_INVALID,
                 "Creating a certificate: %u months are not between 1 and %d", months,
                 MUN_CERTIFICATE_MAX_MONTHS);
  else
    return TRUE;
  return FALSE;
}

static int
set_serial (gnutls_x509_crt_t crt)
{
  guint8 serial[SERIAL_BYTES];
  int result = gnutls_rnd (GNUTLS_RND_NONCE, serial, sizeof serial);

  if (result < 0)
    return result;
  serial[0] = (serial[0] & 0x7f) | 0x40; /* positive, and never shorter by leading zeros */
  return gnutls_x509_crt_set_serial (crt, serial, sizeof serial);
}

static int
set_times (gnutls_x509_crt_t crt, guint months)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) start = g_date_time_add_seconds (now, -CLOCK_SKEW_SECONDS);
  g_autoptr (GDateTime) end = g_date_time_add_months (now, (gint)months);
  int result = gnutls_x509_crt_set_activation_time (crt, g_date_time_to_unix (start));

  return result < 0 ? result : gnutls_x509_crt_set_expiration_time (crt, g_date_time_to_unix (end));
}

static int
set_extensions (gnutls_x509_crt_t crt)
{
  guint8 id[64];
  size_t length = sizeof id;
  int result = gnutls_x509_crt_set_basic_constraints (crt, 0, -1);

  if (result >= 0)
    result = gnutls_x509_crt_set_key_usage (crt, GNUTLS_KEY_DIGITAL_SIGNATURE);
  if (result >= 0)
    result = gnutls_x509_crt_get_key_id (crt, GNUTLS_KEYID_USE_SHA1, id, &length);
  if (result >= 0)
    result = gnutls_x509_crt_set_subject_key_id (crt, id, length);
  return result;
}

/* Fills an empty certificate and signs it with its own key. */
static int
fill_certificate (gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *name, guint months)
{
  int result = gnutls_x509_crt_set_version (crt, 3);

  if (result >= 0)
    result = set_serial (crt);
  if (result >= 0)
    result = set_times (crt, months);
  if (result >= 0)
    result
        = gnutls_x509_crt_set_dn_by_oid (crt, GNUTLS_OID_X520_COMMON_NAME, 0, name, strlen (name));
  if (result >= 0)
    result = gnutls_x509_crt_set_key (crt, key);
  if (result >= 0)
    result = set_extensions (crt);
  if (result >= 0)
    result = gnutls_x509_crt_sign2 (crt, crt, key, GNUTLS_DIG_SHA256, 0);
  return result;
}

MunCertificate *
mun_certificate_create (const char *common_name, guint rsa_bits, guint months, GError **error)
{
  g_autofree char *name = NULL;
  g_auto (gnutls_x509_privkey_t) key = NULL;
  g_auto (gnutls_x509_crt_t) crt = NULL;
  int result;

  g_return_val_if_fail (common_name != NULL, NULL);

  name = clean_common_name (common_name);
  if (!check_arguments (name, rsa_bits, months, error))
    return NULL;

  result = gnutls_x509_privkey_init (&key);
  if (result >= 0)
    result = gnutls_x509_privkey_generate (key, GNUTLS_PK_RSA, rsa_bits, 0);
  if (result >= 0)
    result = gnutls_x509_crt_init (&crt);
  if (result >= 0)
    result = fill_certificate (crt, key, name, months);
  if (result < 0) {
    mun_certificate_fail (error, MUN_ERROR_FAILED, result, "creating it");
    return NULL;
  }
  return mun_certificate_adopt (&crt, &key, NULL, error);
}

static void
create_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const Request *request = task_data;
  GError *error = NULL;
  MunCertificate *certificate
      = mun_certificate_create (request->common_name, request->bits, request->months, &error);

  if (certificate)
    g_task_return_pointer (task, certificate, g_object_unref);
  else
    g_task_return_error (task, error);
}

void
mun_certificate_create_async (const char *common_name, guint rsa_bits, guint months,
                              GCancellable *cancellable, GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Request *request = g_new0 (Request, 1);

  g_return_if_fail (common_name != NULL);

  request->common_name = g_strdup (common_name);
  request->bits = rsa_bits;
  request->months = months;
  g_task_set_source_tag (task, mun_certificate_create_async);
  g_task_set_task_data (task, request, (GDestroyNotify)request_free);
  /* A key in the making cannot be interrupted; the caller need not wait for it. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, create_thread);
}

MunCertificate *
mun_certificate_create_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* test-certificate.c: certificates, also against the openssl command */
/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "certificate.h"
#include "errors.h"
#include "text.h"

#include <glib/gstdio.h>
#include <string.h>

#define DAY ((gint64)24 * 60 * 60)

/* One key for all tests that do not care which: making one takes a second. */
static MunCertificate *shared;
static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static char *
write_file (const char *name, gconstpointer data, gssize length)
{
  char *path = in_folder (name);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, data, length, &error);
  g_assert_no_error (error);
  return path;
}

/* Runs openssl in the tests' folder; its output, or NULL when it failed. */
static char *
openssl (const char *arguments)
{
  g_autofree char *line = g_strconcat ("openssl ", arguments, NULL);
  g_auto (GStrv) argv = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL, *complaint = NULL;
  int status;

  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  g_spawn_sync (folder, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, &complaint, &status,
                &error);
  g_assert_no_error (error);
  if (g_spawn_check_wait_status (status, NULL))
    return g_steal_pointer (&output);
  g_test_message ("%s: %s", line, complaint);
  return NULL;
}

static char *
openssl_ok (const char *arguments)
{
  char *output = openssl (arguments);

  g_assert_nonnull (output);
  return output;
}

static void
assert_contains (const char *text, const char *part)
{
  if (!strstr (text, part))
    g_error ("\"%s\" is not in: %s", part, text);
}

static void
write_shared_pem (void)
{
  g_autoptr (MunSecret) key = mun_certificate_export_key_pem (shared, NULL);
  g_autofree char *pem = mun_certificate_export_pem (shared);

  g_free (write_file ("cert.pem", pem, -1));
  g_free (write_file ("key.pem", mun_secret_get_string (key), -1));
}

static GBytes *
read_file (const char *name)
{
  g_autofree char *path = in_folder (name);
  char *data;
  gsize length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &data, &length, &error);
  g_assert_no_error (error);
  return g_bytes_new_take (data, length);
}

static MunSecret *
secret (const char *text)
{
  return mun_secret_new (text, strlen (text));
}

static void
test_create (void)
{
  g_autofree char *text = NULL, *modulus = NULL;

  write_shared_pem ();
  text = openssl_ok ("x509 -in cert.pem -noout -text -nameopt utf8,sep_comma_plus");
  assert_contains (text, "Version: 3");
  assert_contains (text, "sha256WithRSAEncryption");
  assert_contains (text, "Public-Key: (3072 bit)");
  assert_contains (text, "CA:FALSE");
  assert_contains (text, "Digital Signature");
  g_assert_null (strstr (text, "Key Encipherment"));
  modulus = openssl_ok ("rsa -in key.pem -noout -check");
  assert_contains (modulus, "RSA key ok");
  g_free (openssl_ok ("verify -CAfile cert.pem cert.pem"));
  g_assert_cmpuint (mun_certificate_get_bits (shared), ==, 3072);
  g_assert_true (mun_certificate_has_key (shared));
}

static void
test_names (void)
{
  /* What would be special in the text form of a name, in several scripts, over several lines. */
  static const char *const names[][2] = {
    { "Microsoft 365", "Microsoft 365" },
    { "A, B + C=\"D\" \\ <E>; #F", "A, B + C=\"D\" \\ <E>; #F" },
    { "  Käse & 株式会社 \xf0\x9f\x98\x80 ", "Käse & 株式会社 \xf0\x9f\x98\x80" },
    { "two\nlines", "two lines" },
    { "R&D <x>", "R&D <x>" },
  };
  g_autofree char *many = g_strnfill (70, 'n');
  g_autoptr (GString) wide = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autoptr (MunCertificate) self = mun_certificate_create (names[i][0], 2048, 15, &error);

    g_assert_no_error (error);
    g_assert_cmpstr (mun_certificate_get_subject (self), ==, names[i][1]);
  }
  for (guint i = 0; i < 70; i++)
    g_string_append (wide, "株");
  for (guint i = 0; i < 2; i++) {
    g_autoptr (MunCertificate) self
        = mun_certificate_create (i ? wide->str : many, 2048, 15, &error);

    g_assert_no_error (error);
    g_assert_cmpint (g_utf8_strlen (mun_certificate_get_subject (self), -1), ==, 64);
  }
}

static void
test_arguments (void)
{
  static const struct {
    const char *name;
    guint bits, months;
  } bad[] = { { "", 3072, 15 },  { "  ", 3072, 15 }, { "x", 1024, 15 },
              { "x", 3000, 15 }, { "x", 3072, 0 },   { "x", 3072, 37 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++) {
    g_autoptr (GError) error = NULL;

    g_assert_null (mun_certificate_create (bad[i].name, bad[i].bits, bad[i].months, &error));
    g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  }
}

static void
test_validity (void)
{
  gint64 now = g_get_real_time () / G_USEC_PER_SEC;
  gint64 end = mun_certificate_get_not_after (shared);
  g_autoptr (GDateTime) today = g_date_time_new_now_utc ();
  g_autoptr (GDateTime) in_15_months = g_date_time_add_months (today, 15);

  g_assert_cmpint (mun_certificate_get_not_before (shared), <, now - 60);
  g_assert_cmpint (mun_certificate_get_not_before (shared), >, now - 3600);
  g_assert_cmpint (ABS (end - g_date_time_to_unix (in_15_months)), <, 3600);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end), ==, 0);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end - 1), ==, 0);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end - DAY), ==, 1);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end - 60 * DAY - 5), ==, 60);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end + 1), ==, -1);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end + DAY), ==, -1);
  g_assert_cmpint (mun_certificate_get_days_left (shared, end + DAY + 1), ==, -2);
}

static void
test_longest (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) first = mun_certificate_create ("x", 4096, 36, &error);
  g_autoptr (MunCertificate) second = mun_certificate_create ("x", 2048, 1, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (mun_certificate_get_bits (first), ==, 4096);
  g_assert_cmpuint (mun_certificate_get_bits (second), ==, 2048);
  g_assert_cmpint (mun_certificate_get_not_after (first) - mun_certificate_get_not_before (first),
                   >, 36 * 30 * DAY);
  g_assert_cmpstr (mun_certificate_get_serial (first), !=, mun_certificate_get_serial (second));
}

static void
test_serial (void)
{
  const char *serial = mun_certificate_get_serial (shared);
  g_autofree char *line = NULL, *expected = NULL;

  write_shared_pem ();
  line = openssl_ok ("x509 -in cert.pem -noout -serial");
  expected = g_strdup_printf ("serial=%s\n", serial);
  g_assert_cmpstr (line, ==, expected);
  g_assert_cmpuint (strlen (serial), >=, 16);               /* 64 bits */
  g_assert_cmpint (g_ascii_xdigit_value (serial[0]), <, 8); /* positive */
  g_assert_cmpint (g_ascii_xdigit_value (serial[0]), >, 0);
}

static void
assert_fingerprint (const char *command, const char *ours)
{
  g_autofree char *line = openssl_ok (command);
  g_autoptr (GBytes) theirs = mun_text_from_hex (g_strchomp (strchr (line, '=') + 1));
  g_autofree char *hex
      = mun_text_to_hex (g_bytes_get_data (theirs, NULL), g_bytes_get_size (theirs), TRUE);

  g_assert_cmpstr (hex, ==, ours);
}

static void
assert_bytes_are_hex (GBytes *bytes, const char *hex)
{
  g_autoptr (GBytes) owned = bytes;
  g_autoptr (GBytes) expected = mun_text_from_hex (hex);

  g_assert_true (g_bytes_equal (owned, expected));
}

static void
test_thumbprints (void)
{
  write_shared_pem ();
  assert_fingerprint ("x509 -in cert.pem -noout -fingerprint -sha1",
                      mun_certificate_get_thumbprint (shared));
  assert_fingerprint ("x509 -in cert.pem -noout -fingerprint -sha256",
                      mun_certificate_get_sha256 (shared));
  assert_bytes_are_hex (mun_certificate_dup_sha1_bytes (shared),
                        mun_certificate_get_thumbprint (shared));
  assert_bytes_are_hex (mun_certificate_dup_sha256_bytes (shared),
                        mun_certificate_get_sha256 (shared));
}

static void
test_sign (void)
{
  static const char text[] = "header.claims";
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) pss = mun_certificate_sign (shared, MUN_SIGNATURE_PS256, text, 13, &error);
  g_autoptr (GBytes) pkcs1 = mun_certificate_sign (shared, MUN_SIGNATURE_RS256, text, 13, &error);

  g_assert_no_error (error);
  write_shared_pem ();
  g_free (write_file ("text", text, 13));
  g_free (write_file ("pss", g_bytes_get_data (pss, NULL), g_bytes_get_size (pss)));
  g_free (write_file ("pkcs1", g_bytes_get_data (pkcs1, NULL), g_bytes_get_size (pkcs1)));
  g_free (openssl_ok ("rsa -in key.pem -pubout -out public.pem"));
  g_free (openssl_ok ("dgst -sha256 -verify public.pem -sigopt rsa_padding_mode:pss "
                      "-sigopt rsa_pss_saltlen:32 -signature pss text"));
  g_free (openssl_ok ("dgst -sha256 -verify public.pem -signature pkcs1 text"));
  g_assert_null (openssl ("dgst -sha256 -verify public.pem -signature pss text"));
}

static gpointer
sign_often (gpointer data)
{
  for (guint i = 0; i < 20; i++) {
    g_autoptr (GBytes) signature = mun_certificate_sign (shared, MUN_SIGNATURE_PS256, "x", 1, NULL);
    g_assert_nonnull (signature);
  }
  return NULL;
}

static void
test_sign_threads (void)
{
  GThread *threads[4];

  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("sign", sign_often, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

static void
test_der (void)
{
  g_autoptr (GBytes) der = mun_certificate_export_der (shared);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) self = mun_certificate_import (der, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mun_certificate_get_thumbprint (self), ==,
                   mun_certificate_get_thumbprint (shared));
  g_assert_false (mun_certificate_has_key (self));
  g_free (write_file ("cert.cer", g_bytes_get_data (der, NULL), g_bytes_get_size (der)));
  g_free (openssl_ok ("x509 -inform der -in cert.cer -noout"));

  g_assert_null (mun_certificate_sign (self, MUN_SIGNATURE_PS256, "x", 1, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (mun_certificate_export_key_pem (self, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_NOT_FOUND);
}

/* Imports a file that holds the shared pair. */
static void
assert_imports (const char *name, const char *password)
{
  g_autoptr (GBytes) file = read_file (name);
  g_autoptr (MunSecret) given = password ? secret (password) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) self = mun_certificate_import (file, given, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (mun_certificate_get_thumbprint (self), ==,
                   mun_certificate_get_thumbprint (shared));
  g_assert_true (mun_certificate_has_key (self));
}

static void
assert_import_fails (const char *name, const char *password, int code)
{
  g_autoptr (GBytes) file = read_file (name);
  g_autoptr (MunSecret) given = password ? secret (password) : NULL;
  g_autoptr (GError) error = NULL;

  g_assert_null (mun_certificate_import (file, given, &error));
  g_assert_error (error, MUN_ERROR, code);
}

static void
test_pkcs12_export (void)
{
  g_autoptr (MunSecret) password = secret ("pass wörd");
  g_autoptr (MunSecret) empty = secret ("");
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) file = mun_certificate_export_pkcs12 (shared, password, "Kontoso ß", &error);
  g_autofree char *info = NULL, *key = NULL, *line = NULL;

  g_assert_no_error (error);
  g_free (write_file ("pair.pfx", g_bytes_get_data (file, NULL), g_bytes_get_size (file)));
  assert_imports ("pair.pfx", "pass wörd");
  assert_import_fails ("pair.pfx", NULL, MUN_ERROR_PASSWORD_NEEDED);
  assert_import_fails ("pair.pfx", "", MUN_ERROR_PASSWORD_NEEDED);
  assert_import_fails ("pair.pfx", "other", MUN_ERROR_AUTHENTICATION);

  g_free (openssl_ok ("pkcs12 -in pair.pfx -passin 'pass:pass wörd' -nodes -out both.pem"));
  assert_imports ("both.pem", NULL);
  line = openssl_ok ("asn1parse -inform der -in pair.pfx");
  assert_contains (line, "sha256"); /* the MAC */
  g_free (openssl_ok ("pkcs12 -in pair.pfx -passin 'pass:pass wörd' -nokeys -out leaf.pem"));

  g_assert_null (mun_certificate_export_pkcs12 (shared, empty, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

/* "-info" goes to standard error, so the ciphers are looked for in the file itself. */
static void
test_pkcs12_ciphers (void)
{
  g_autoptr (MunSecret) password = secret ("p");
  g_autoptr (GBytes) file = mun_certificate_export_pkcs12 (shared, password, NULL, NULL);
  static const guint8 aes_256_cbc[] = { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a };
  static const guint8 pbkdf2[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c };
  static const guint8 old_pbe[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01 };
  gsize length;
  const void *data = g_bytes_get_data (file, &length);

  g_assert_nonnull (memmem (data, length, aes_256_cbc, sizeof aes_256_cbc));
  g_assert_nonnull (memmem (data, length, pbkdf2, sizeof pbkdf2));
  g_assert_null (memmem (data, length, old_pbe, sizeof old_pbe));
}

static void
test_pkcs12_import (void)
{
  g_autofree char *rc2 = NULL;

  write_shared_pem ();
  g_free (openssl_ok ("pkcs12 -export -in cert.pem -inkey key.pem -passout pass:a -out a.p12"));
  assert_imports ("a.p12", "a");
  g_free (openssl_ok ("pkcs12 -export -in cert.pem -inkey key.pem -passout pass: -out empty.p12"));
  assert_imports ("empty.p12", NULL);
  assert_imports ("empty.p12", "");
  /* As Windows and older tools write it. */
  g_free (openssl_ok ("pkcs12 -export -in cert.pem -inkey key.pem -passout pass:a -out old.p12 "
                      "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"));
  assert_imports ("old.p12", "a");
  rc2 = openssl ("pkcs12 -export -legacy -in cert.pem -inkey key.pem -passout pass:a -out rc2.p12");
  if (rc2)
    assert_imports ("rc2.p12", "a");
  else
    g_test_message ("This openssl does not write RC2 any more");
  /* Beside another certificate. */
  g_free (openssl_ok ("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA"));
  g_free (openssl_ok ("pkcs12 -export -in cert.pem -inkey key.pem -certfile ca.pem "
                      "-passout pass:a -out chain.p12"));
  assert_imports ("chain.p12", "a");
  assert_import_fails ("chain.p12", "b", MUN_ERROR_AUTHENTICATION);
}

/* Of several keys and certificates those that belong together, in whatever order. */
static void
test_several (void)
{
  static const char *const orders[][5] = { { "ca.key", "key.pem", "ca.pem.not", "cert.pem", NULL },
                                           { "cert.pem", "ca.key", "key.pem", NULL },
                                           { "ca.key", "cert.pem", "key.pem", NULL },
                                           { "key.pem", "ca.key", "cert.pem", NULL } };

  write_shared_pem ();
  g_free (openssl_ok ("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA"));
  g_free (
      openssl_ok ("req -x509 -newkey rsa:2048 -nodes -keyout not.key -out ca.pem.not -subj /CN=N"));
  for (guint i = 0; i < G_N_ELEMENTS (orders); i++) {
    g_autoptr (GString) text = g_string_new (NULL);

    for (guint j = 0; orders[i][j]; j++) {
      g_autoptr (GBytes) part = read_file (orders[i][j]);

      g_string_append_len (text, g_bytes_get_data (part, NULL), g_bytes_get_size (part));
    }
    g_free (write_file ("several.pem", text->str, -1));
    assert_imports ("several.pem", NULL);
  }
}

/* A key and a certificate that do not belong together are refused, not taken for a pair. */
static void
test_mismatch (void)
{
  g_autoptr (GBytes) key = NULL, certificate = NULL;
  g_autofree char *both = NULL;

  write_shared_pem ();
  g_free (openssl_ok ("req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj /CN=CA"));
  key = read_file ("ca.key");
  certificate = read_file ("cert.pem");
  both = g_strdup_printf ("%.*s%.*s", (int)g_bytes_get_size (key),
                          (const char *)g_bytes_get_data (key, NULL),
                          (int)g_bytes_get_size (certificate),
                          (const char *)g_bytes_get_data (certificate, NULL));
  g_free (write_file ("mismatch.pem", both, -1));
  assert_import_fails ("mismatch.pem", NULL, MUN_ERROR_INVALID);
}

/* A trust store: certificates without a key, which says so. */
static void
test_pkcs12_without_key (void)
{
  g_autoptr (GBytes) file = NULL;
  g_autoptr (MunSecret) password = secret ("a");
  g_autoptr (GError) error = NULL;

  write_shared_pem ();
  g_free (openssl_ok ("pkcs12 -export -nokeys -in cert.pem -passout pass:a -out public.p12"));
  file = read_file ("public.p12");
  g_assert_null (mun_certificate_import (file, password, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  assert_contains (error->message, "no private key");
}

static void
test_pem_import (void)
{
  write_shared_pem ();
  g_free (openssl_ok ("pkcs8 -topk8 -in key.pem -passout pass:b -out key.enc"));
  g_free (openssl_ok ("rsa -in key.pem -traditional -aes256 -passout pass:c -out key.old"));
  g_free (openssl_ok ("rsa -in key.pem -traditional -out key.rsa"));
  {
    g_autoptr (GBytes) certificate = read_file ("cert.pem");
    static const char *const keys[] = { "key.pem", "key.rsa", "key.enc", "key.old" };
    static const char *const passwords[] = { NULL, NULL, "b", "c" };

    for (guint i = 0; i < G_N_ELEMENTS (keys); i++) {
      g_autoptr (GBytes) key = read_file (keys[i]);
      g_autofree char *first = g_strdup_printf ("%.*s\n%.*s", (int)g_bytes_get_size (key),
                                                (const char *)g_bytes_get_data (key, NULL),
                                                (int)g_bytes_get_size (certificate),
                                                (const char *)g_bytes_get_data (certificate, NULL));
      g_autofree char *second
          = g_strdup_printf ("Bag Attributes\r\n%.*s%.*s", (int)g_bytes_get_size (certificate),
                             (const char *)g_bytes_get_data (certificate, NULL),
                             (int)g_bytes_get_size (key),
                             (const char *)g_bytes_get_data (key, NULL));

      g_free (write_file ("first.pem", first, -1));
      g_free (write_file ("second.pem", second, -1));
      assert_imports ("first.pem", passwords[i]);
      assert_imports ("second.pem", passwords[i]);
      if (!passwords[i])
        continue;
      assert_import_fails ("first.pem", NULL, MUN_ERROR_PASSWORD_NEEDED);
      assert_import_fails ("first.pem", "wrong", MUN_ERROR_AUTHENTICATION);
    }
  }
}

static void
test_foreign (void)
{
  g_autoptr (GBytes) huge = g_bytes_new_take (g_malloc0 (2 * 1024 * 1024), 2 * 1024 * 1024);
  g_autoptr (GError) error = NULL;

  write_shared_pem ();
  g_free (write_file ("none", "", 0));
  g_free (write_file ("text.txt", "hello", -1));
  g_free (write_file ("open.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n", -1));
  g_free (
      write_file ("bad.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", -1));
  g_free (write_file ("label.pem", "-----BEGIN ", -1));
  assert_import_fails ("none", NULL, MUN_ERROR_INVALID);
  assert_import_fails ("text.txt", NULL, MUN_ERROR_INVALID);
  assert_import_fails ("open.pem", NULL, MUN_ERROR_INVALID);
  assert_import_fails ("bad.pem", NULL, MUN_ERROR_INVALID);
  assert_import_fails ("label.pem", NULL, MUN_ERROR_INVALID);
  assert_import_fails ("key.pem", NULL, MUN_ERROR_INVALID); /* a key alone */
  g_assert_null (mun_certificate_import (huge, NULL, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);

  g_free (openssl_ok ("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ec.key "
                      "-out ec.pem -subj /CN=EC"));
  assert_import_fails ("ec.pem", NULL, MUN_ERROR_UNSUPPORTED);
  g_free (openssl_ok ("pkcs12 -export -in ec.pem -inkey ec.key -passout pass:a -out ec.p12"));
  assert_import_fails ("ec.p12", "a", MUN_ERROR_UNSUPPORTED);
  g_free (openssl_ok ("req -x509 -newkey rsa:1024 -nodes -keyout weak.key -out weak.pem "
                      "-subj /CN=weak"));
  assert_import_fails ("weak.pem", NULL, MUN_ERROR_UNSUPPORTED);
}

/* Names as other programs write them: other string types, several values, none at all. */
static void
test_foreign_subjects (void)
{
  static const struct {
    const char *subject, *expected;
  } cases[] = {
    { "'/O=Contoso/CN=Mail, Archive'", "Mail, Archive" },
    { "/O=Contoso", "O=Contoso" },
    { "'/CN=Bücher'", "Bücher" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++) {
    g_autofree char *command = g_strdup_printf (
        "req -x509 -newkey rsa:2048 -nodes -utf8 -keyout s.key -out s.pem -subj %s",
        cases[i].subject);
    g_autoptr (GBytes) file = NULL;
    g_autoptr (MunCertificate) self = NULL;
    g_autoptr (GError) error = NULL;

    g_free (openssl_ok (command));
    file = read_file ("s.pem");
    self = mun_certificate_import (file, NULL, &error);
    g_assert_no_error (error);
    g_assert_cmpstr (mun_certificate_get_subject (self), ==, cases[i].expected);
  }
}

static void
test_new_from_pem (void)
{
  g_autofree char *pem = mun_certificate_export_pem (shared);
  g_autoptr (MunSecret) key = mun_certificate_export_key_pem (shared, NULL);
  g_autoptr (MunSecret) no_key = secret ("no key");
  g_autoptr (MunCertificate) stranger = mun_certificate_create ("other", 2048, 1, NULL);
  g_autoptr (MunSecret) foreign = mun_certificate_export_key_pem (stranger, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (MunCertificate) pair = mun_certificate_new_from_pem (pem, key, &error);
  g_autoptr (MunCertificate) public = mun_certificate_new_from_pem (pem, NULL, &error);

  g_assert_no_error (error);
  g_assert_true (mun_certificate_has_key (pair));
  g_assert_false (mun_certificate_has_key (public));
  g_assert_null (mun_certificate_new_from_pem (pem, foreign, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mun_certificate_new_from_pem (pem, no_key, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (mun_certificate_new_from_pem ("nothing", key, &error));
  g_assert_error (error, MUN_ERROR, MUN_ERROR_INVALID);
}

typedef struct {
  GMainLoop *loop;
  MunCertificate *certificate;
  GError *error;
  guint ticks;
} Waiting;

static void
create_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting *waiting = user_data;

  waiting->certificate = mun_certificate_create_finish (result, &waiting->error);
  g_main_loop_quit (waiting->loop);
}

static gboolean
tick_cb (gpointer user_data)
{
  ((Waiting *)user_data)->ticks++;
  return G_SOURCE_CONTINUE;
}

static void
test_create_async (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  Waiting waiting = { loop };
  guint source = g_timeout_add (5, tick_cb, &waiting);

  mun_certificate_create_async ("Later", 3072, 15, NULL, create_cb, &waiting);
  g_main_loop_run (loop);
  g_source_remove (source);
  g_assert_no_error (waiting.error);
  g_assert_cmpstr (mun_certificate_get_subject (waiting.certificate), ==, "Later");
  g_assert_cmpuint (waiting.ticks, >, 0); /* the main loop went on */
  g_clear_object (&waiting.certificate);

  mun_certificate_create_async ("", 3072, 15, NULL, create_cb, &waiting);
  g_main_loop_run (loop);
  g_assert_error (waiting.error, MUN_ERROR, MUN_ERROR_INVALID);
  g_clear_error (&waiting.error);
}

static void
test_create_cancelled (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Waiting waiting = { loop };

  mun_certificate_create_async ("Never", 4096, 15, cancellable, create_cb, &waiting);
  g_cancellable_cancel (cancellable);
  g_main_loop_run (loop);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&waiting.error);
}

static void
remove_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir))) {
    g_autofree char *path = in_folder (name);
    g_unlink (path);
  }
  g_rmdir (folder);
  g_free (folder);
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("mun-certificate-XXXXXX", &error);
  g_assert_no_error (error);
  shared = mun_certificate_create ("Microsoft 365", MUN_CERTIFICATE_DEFAULT_BITS,
                                   MUN_CERTIFICATE_DEFAULT_MONTHS, &error);
  g_assert_no_error (error);

  g_test_add_func ("/certificate/create", test_create);
  g_test_add_func ("/certificate/names", test_names);
  g_test_add_func ("/certificate/arguments", test_arguments);
  g_test_add_func ("/certificate/validity", test_validity);
  g_test_add_func ("/certificate/longest", test_longest);
  g_test_add_func ("/certificate/serial", test_serial);
  g_test_add_func ("/certificate/thumbprints", test_thumbprints);
  g_test_add_func ("/certificate/sign", test_sign);
  g_test_add_func ("/certificate/sign-threads", test_sign_threads);
  g_test_add_func ("/certificate/der", test_der);
  g_test_add_func ("/certificate/pkcs12-export", test_pkcs12_export);
  g_test_add_func ("/certificate/pkcs12-ciphers", test_pkcs12_ciphers);
  g_test_add_func ("/certificate/pkcs12-import", test_pkcs12_import);
  g_test_add_func ("/certificate/several", test_several);
  g_test_add_func ("/certificate/mismatch", test_mismatch);
  g_test_add_func ("/certificate/pkcs12-without-key", test_pkcs12_without_key);
  g_test_add_func ("/certificate/pem-import", test_pem_import);
  g_test_add_func ("/certificate/foreign", test_foreign);
  g_test_add_func ("/certificate/foreign-subjects", test_foreign_subjects);
  g_test_add_func ("/certificate/new-from-pem", test_new_from_pem);
  g_test_add_func ("/certificate/create-async", test_create_async);
  g_test_add_func ("/certificate/create-cancelled", test_create_cancelled);
  result = g_test_run ();
  g_clear_object (&shared);
  remove_folder ();
  return result;
}

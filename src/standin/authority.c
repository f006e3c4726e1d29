#define _GNU_SOURCE
#include "standin/authority.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/vec.h"

#include "base/banned.h"

struct Authority {
    EVP_PKEY *key, *host_key; /* every host has the same key: only this run believes in it */
    X509 *certificate;
    SSL_CTX *context;
    Names *names;
    Map known; /* host → its place in certificates */
    VEC(X509 *) certificates;
};

enum { NAME_BYTES = 254, DAY_SECONDS = 24 * 60 * 60 };

/* --- certificates --- */

static bool extend(X509 *certificate, X509 *issuer, int kind, const char *value)
{
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, kind, value);
    bool added = extension && X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
    return added;
}

static bool number_it(X509 *certificate)
{
    unsigned char bytes[16];
    if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
    bytes[0] &= 0x7f;
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    bool numbered = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
    BN_free(number);
    return numbered;
}

/* The part of a subject that is limited to 64 characters holds what it can: clients read the alternative names. */
static bool name_it(X509 *certificate, const char *text)
{
    char common[65];
    snprintf(common, sizeof common, "%s", text);
    X509_NAME *name = X509_get_subject_name(certificate);
    return X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8, (const unsigned char *)"loopsafe stand-in",
                                      -1, -1, 0) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const unsigned char *)common, -1, -1, 0);
}

/* A certificate with everything but its extensions and its signature. */
static X509 *draft(EVP_PKEY *key, const char *name)
{
    X509 *certificate = X509_new();
    bool drafted = certificate && X509_set_version(certificate, X509_VERSION_3) && number_it(certificate) &&
                   X509_gmtime_adj(X509_getm_notBefore(certificate), -DAY_SECONDS) &&
                   X509_gmtime_adj(X509_getm_notAfter(certificate), 30L * DAY_SECONDS) &&
                   X509_set_pubkey(certificate, key) && name_it(certificate, name);
    if (drafted) return certificate;
    X509_free(certificate);
    return NULL;
}

static X509 *certify_self(EVP_PKEY *key)
{
    X509 *certificate = draft(key, "loopsafe, certificates of one run");
    bool made = certificate && X509_set_issuer_name(certificate, X509_get_subject_name(certificate)) &&
                extend(certificate, certificate, NID_basic_constraints, "critical,CA:TRUE") &&
                extend(certificate, certificate, NID_key_usage, "critical,keyCertSign,cRLSign") &&
                extend(certificate, certificate, NID_subject_key_identifier, "hash") &&
                X509_sign(certificate, key, EVP_sha256());
    if (made) return certificate;
    X509_free(certificate);
    return NULL;
}

static bool is_address(const char *host)
{
    unsigned char bytes[16];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static X509 *certify_host(const Authority *authority, const char *host)
{
    char names[NAME_BYTES + 8];
    snprintf(names, sizeof names, "%s:%s", is_address(host) ? "IP" : "DNS", host);
    X509 *certificate = draft(authority->host_key, host);
    X509 *issuer = authority->certificate;
    bool made = certificate && X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) &&
                extend(certificate, issuer, NID_subject_alt_name, names) &&
                extend(certificate, issuer, NID_basic_constraints, "critical,CA:FALSE") &&
                extend(certificate, issuer, NID_key_usage, "critical,digitalSignature") &&
                extend(certificate, issuer, NID_ext_key_usage, "serverAuth") &&
                extend(certificate, issuer, NID_subject_key_identifier, "hash") &&
                extend(certificate, issuer, NID_authority_key_identifier, "keyid") &&
                X509_sign(certificate, authority->key, EVP_sha256());
    ERR_clear_error();
    if (made) return certificate;
    X509_free(certificate);
    return NULL;
}

/* --- one for each host --- */

/* Names that could mean something else in the text of an extension are not certified. */
static bool is_plain_host(Str host)
{
    for (size_t i = 0; i < host.len; i++) {
        char byte = host.ptr[i];
        bool letter =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (!letter && (!byte || !strchr("-._:*", byte))) return false;
    }
    return host.len > 0 && host.len < NAME_BYTES;
}

static X509 *certificate_of(Authority *authority, Str host)
{
    if (!is_plain_host(host) || authority->certificates.count >= LIMIT_CERTIFICATES) host = STR("localhost");
    Name name = names_intern(authority->names, host);
    uint32_t place = map_find(&authority->known, name);
    if (place != MAP_NONE) return authority->certificates.items[place];
    X509 *certificate = certify_host(authority, name->text);
    if (!certificate) return NULL;
    map_put(&authority->known, name, (uint32_t)authority->certificates.count);
    vec_add(&authority->certificates, certificate);
    return certificate;
}

/* Called when the client has said whom it wants, or not. */
static int choose_certificate(SSL *session, void *context)
{
    Authority *authority = context;
    const char *asked = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name);
    const Str *fallback = SSL_get_app_data(session);
    X509 *certificate = certificate_of(authority, asked ? str_from(asked) : *fallback);
    return certificate && SSL_use_certificate(session, certificate) == 1 &&
           SSL_use_PrivateKey(session, authority->host_key) == 1;
}

/* Clients that would speak HTTP/2 are offered HTTP/1.1. */
static int choose_protocol(SSL *session, const unsigned char **chosen, unsigned char *chosen_length,
                           const unsigned char *offered, unsigned offered_length, void *context)
{
    (void)session, (void)context;
    static const unsigned char wanted[] = "\x08http/1.1";
    unsigned char *found;
    int result =
        SSL_select_next_proto(&found, chosen_length, wanted, sizeof wanted - 1, offered, offered_length);
    *chosen = found;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
}

/* --- the authority --- */

static SSL_CTX *context_new(Authority *authority)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (!context) return NULL;
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                                  SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_cert_cb(context, choose_certificate, authority);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    return context;
}

Authority *authority_new(Arena *arena, Fail *fail)
{
    Authority *authority = arena_alloc(arena, sizeof *authority);
    authority->names = names_new();
    map_init(&authority->known, arena);
    authority->key = EVP_EC_gen("P-256");
    authority->host_key = EVP_EC_gen("P-256");
    authority->certificate = authority->key ? certify_self(authority->key) : NULL;
    authority->context = context_new(authority);
    if (authority->host_key && authority->certificate && authority->context) return authority;
    char why[256];
    ERR_error_string_n(ERR_get_error(), why, sizeof why);
    fail_at(fail, NULL, 0, "the stand-in cannot make its certificates: %s", why);
    return NULL;
}

bool authority_write(const Authority *authority, const char *path, Fail *fail)
{
    BIO *memory = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool printed = memory && PEM_write_bio_X509(memory, authority->certificate) == 1;
    long length = printed ? BIO_get_mem_data(memory, &text) : 0;
    bool written = length > 0 && io_write_file(path, (Str){text, (size_t)length}, fail);
    BIO_free(memory);
    return written || fail_at(fail, path, 0, "the certificate cannot be written");
}

SSL *authority_session(Authority *authority, int socket, const Str *host)
{
    SSL *session = SSL_new(authority->context);
    if (!session) return NULL;
    SSL_set_app_data(session, (void *)(uintptr_t)host);
    if (SSL_set_fd(session, socket) == 1) {
        SSL_set_accept_state(session);
        return session;
    }
    SSL_free(session);
    return NULL;
}

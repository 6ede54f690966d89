#include <genstage/http/curl_client.hpp>
#include <genstage/http/loopback_socket.hpp>
#include <genstage/io/reactor.hpp>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <future>
#include <memory>
#include <string>
#include <string_view>

namespace {

namespace gs = genstage;
namespace http = genstage::http;

struct openssl_free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* session) const { SSL_free(session); }
};

template <class Owned>
using owned = std::unique_ptr<Owned, openssl_free>;

/// A site on loopback that speaks TLS with a certificate of its own making for 127.0.0.1.
class secure_site {
 public:
  secure_site() {
    key_.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    certificate_.reset(X509_new());
    ASN1_INTEGER_set(X509_get_serialNumber(certificate_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate_.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate_.get()), 3600);
    X509_set_version(certificate_.get(), 2);
    X509_set_pubkey(certificate_.get(), key_.get());
    constexpr std::array<unsigned char, 5> common_name{'t', 'e', 's', 't', '\0'};
    X509_NAME* const subject = X509_get_subject_name(certificate_.get());
    X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC, common_name.data(), -1, -1,
                               0);
    X509_set_issuer_name(certificate_.get(), subject);
    X509_EXTENSION* const name =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
    X509_add_ext(certificate_.get(), name, -1);
    X509_EXTENSION_free(name);
    X509_sign(certificate_.get(), key_.get(), EVP_sha256());
    context_.reset(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), key_.get());
    if (std::FILE* const file = std::fopen(certificate_file().c_str(), "w")) {
      PEM_write_X509(file, certificate_.get());
      std::fclose(file);
    }
  }

  ~secure_site() { std::filesystem::remove(certificate_file()); }

  secure_site(const secure_site&) = delete;
  secure_site& operator=(const secure_site&) = delete;

  [[nodiscard]] std::string url() const {
    return "https://127.0.0.1:" + std::to_string(peer_.port()) + "/";
  }

  [[nodiscard]] std::string certificate_file() const {
    const auto name = "genstage_tls_" + std::to_string(peer_.port()) + ".pem";
    return std::filesystem::temp_directory_path() / name;
  }

 private:
  void answer(http::loopback_socket& socket) {
    const owned<SSL> session{SSL_new(context_.get())};
    SSL_set_fd(session.get(), socket.descriptor());
    if (SSL_accept(session.get()) != 1) return;
    std::array<char, 4096> request;
    if (SSL_read(session.get(), request.data(), static_cast<int>(request.size())) <= 0) return;
    constexpr std::string_view reply = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret";
    SSL_write(session.get(), reply.data(), static_cast<int>(reply.size()));
    SSL_shutdown(session.get());
  }

  owned<EVP_PKEY> key_;
  owned<X509> certificate_;
  owned<SSL_CTX> context_;
  http::loopback_peer peer_{[this](http::loopback_socket& socket) { answer(socket); }};
};

gs::result<http::http_response> ask(http::curl_client_options options, const std::string& url) {
  gs::reactor reactor;
  http::address_guard guard{http::network_mode::offline};
  http::curl_client client{reactor, guard, std::move(options)};
  std::promise<gs::result<http::http_response>> done;
  std::ignore = client.start({.url = url, .scope = http::network_scope::loopback_only},
                             [&](auto outcome) { done.set_value(std::move(outcome)); });
  return done.get_future().get();
}

TEST(curl_tls, reads_from_a_site_whose_certificate_is_trusted) {
  const secure_site site;

  const auto response = ask({.ca_file = site.certificate_file()}, site.url());

  ASSERT_TRUE(response.has_value()) << response.error().message;
  EXPECT_EQ(response->body, "secret");
}

TEST(curl_tls, refuses_a_site_whose_certificate_is_not_trusted) {
  const secure_site site;

  const auto response = ask({}, site.url());

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code, gs::errc::unreachable);
  EXPECT_NE(response.error().message.find("no secure connection (SSL certificate problem"),
            std::string::npos)
      << response.error().message;
}

}  // namespace

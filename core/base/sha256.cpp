#include "base/sha256.h"

#include <openssl/evp.h>

#include <array>

#include "base/error.h"
#include "base/files.h"

namespace dotmoe {

std::string sha256_hex(std::span<const std::byte> bytes) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1)
        fail("SHA-256 is not available in this OpenSSL");
    std::string hex;
    for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", digest[i]);
    return hex;
}

std::string sha256_of_file(const std::filesystem::path& path) {
    return sha256_hex(MappedFile(path).bytes());
}

}  // namespace dotmoe

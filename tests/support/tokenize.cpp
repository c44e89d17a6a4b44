// tokenize MODEL: a GGUF file or a Hugging Face folder, of which weights are not read; reads texts from
// stdin, one a line as hexadecimal bytes; writes for each a line of JSON
// {"ids": [...], "decoded": hexadecimal bytes of decode(ids)}.
#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "support/probe.h"
#include "support/tokenizer_of.h"

namespace dotmoe::probe {
namespace {

std::string from_hex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

std::string to_hex(const std::string& bytes) {
    std::string hex;
    for (const char byte : bytes) hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    return hex;
}

const Command command("tokenize", "MODEL", [](const Arguments& arguments) {
    const auto tokenizer = tokenizer_of(arguments[0]);
    for (std::string line; std::getline(std::cin, line);) {
        const auto ids = tokenizer->encode(from_hex(line));
        fmt::print("{}\n", nlohmann::json{{"ids", ids}, {"decoded", to_hex(tokenizer->decode(ids))}}.dump());
    }
});

}  // namespace
}  // namespace dotmoe::probe

#include "recording/block.h"

#include <zlib.h>
#include <zstd.h>

#include <cstring>

#include "base/error.h"

namespace dotmoe {
namespace {

/// A plan of 53,248 neurons and 832 experts in 256 levels, five times over.
constexpr std::uint32_t most_unpacked = 1U << 28;
/// No zstd block grows more: 128 KiB from a header of 3 bytes and one of content.
constexpr std::uint64_t most_growth = 32'768;
constexpr int compression = 3;

std::uint32_t checksum_of(const BlockHeader& header, std::span<const std::byte> block) {
    constexpr auto covered = offsetof(BlockHeader, unpacked);
    const auto fields = std::as_bytes(std::span(&header, 1)).subspan(covered);
    const auto add = [](uLong sum, std::span<const std::byte> bytes) {
        return ::crc32_z(sum, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
    };
    return static_cast<std::uint32_t>(add(add(::crc32_z(0, nullptr, 0), fields), block));
}

/// Where an event belongs.
BlockHeader place_of(const Payload& payload) {
    BlockHeader header;
    header.kind = kind_of(payload);
    std::visit(
        [&header]<typename T>(const T& event) {
            const auto& value = [&event]() -> const auto& {
                if constexpr (requires { *event; })
                    return *event;
                else
                    return event;
            }
            ();
            if constexpr (requires { value.stage; }) header.stage = static_cast<std::uint8_t>(value.stage);
            if constexpr (requires { value.step; }) header.step = value.step;
            if constexpr (requires { value.first_layer; }) {
                header.first_layer = value.first_layer;
                header.layers = value.layers;
            } else if constexpr (requires { value.layer; }) {
                header.first_layer = value.layer;
                header.layers = 1;
            }
        },
        payload);
    return header;
}

}  // namespace

std::vector<std::byte> pack(const Payload& payload) {
    const auto event = encode(payload);
    auto header = place_of(payload);
    std::vector<std::byte> packed(sizeof header + ::ZSTD_compressBound(event.size()));
    const auto block = std::span(packed).subspan(sizeof header);
    const auto stored = ::ZSTD_compress(block.data(), block.size(), event.data(), event.size(), compression);
    if (::ZSTD_isError(stored) != 0) fail("an event cannot be compressed: {}", ::ZSTD_getErrorName(stored));
    header.stored = static_cast<std::uint32_t>(stored);
    header.unpacked = static_cast<std::uint32_t>(event.size());
    header.checksum = checksum_of(header, block.first(stored));
    std::memcpy(packed.data(), &header, sizeof header);
    packed.resize(sizeof header + stored);
    return packed;
}

bool is_whole(const BlockHeader& header, std::span<const std::byte> block) {
    return header.kind >= EventKind::started && header.kind <= last_kind &&
           header.checksum == checksum_of(header, block);
}

Payload unpack(const BlockHeader& header, std::span<const std::byte> block) {
    if (!is_whole(header, block)) fail("a block has a wrong checksum");
    if (header.unpacked > most_unpacked || header.unpacked > block.size() * most_growth)
        fail("a block says it is larger than it can be");
    std::vector<std::byte> event(header.unpacked);
    const auto size = ::ZSTD_decompress(event.data(), event.size(), block.data(), block.size());
    if (size != event.size()) fail("a block cannot be unpacked");
    return decode(header.kind, event);
}

}  // namespace dotmoe

// A recording on disk: a line of text, then blocks that are only ever appended, one an event.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "events/event.h"
#include "recording/event_codec.h"

namespace dotmoe {

/// First line of the file; it says what a reader must know and what is not exact.
inline constexpr std::string_view recording_line =
    "DOT-MoE recording 1: events as zstd blocks; soft plans in 256 levels but for each neuron's own expert, "
    "routing "
    "probabilities in 65536\n";

/// Before each block. Where the event belongs can be told without unpacking it: the index is made of these.
struct BlockHeader {
    std::uint32_t stored = 0;    ///< bytes of the block behind this header
    std::uint32_t checksum = 0;  ///< CRC-32 of the fields below and of the block
    std::uint32_t unpacked = 0;  ///< bytes of the event
    EventKind kind{};
    std::uint8_t stage = 0;  ///< of a picture: Stage
    std::uint16_t reserved = 0;
    std::int32_t first_layer = -1, layers = 0;  ///< that a picture or badge is of; none otherwise
    std::int64_t step = 0;                      ///< of a picture, a training step or a measurement
};
static_assert(sizeof(BlockHeader) == 32 && std::is_trivially_copyable_v<BlockHeader>);

/// Header and block of an event, to be written in one piece.
std::vector<std::byte> pack(const Payload& payload);

/// The event of a block. Throws Error when the checksum is wrong or the block is no such event.
Payload unpack(const BlockHeader& header, std::span<const std::byte> block);
/// Whether header and block are as they were written.
bool is_whole(const BlockHeader& header, std::span<const std::byte> block);

}  // namespace dotmoe

#include "recording/recording.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/error.h"
#include "base/files.h"

namespace dotmoe {
namespace {

bool is_picture_kind(EventKind kind) {
    return kind == EventKind::plan || kind == EventKind::sinkhorn || kind == EventKind::load ||
           kind == EventKind::routing;
}

/// Bytes read, fewer at the end of the file.
std::size_t read_some(int descriptor, std::span<std::byte> into, std::uint64_t offset) {
    std::size_t done = 0;
    while (done < into.size()) {
        const auto rest = into.subspan(done);
        const auto count = ::pread(descriptor, rest.data(), rest.size(), static_cast<::off_t>(offset + done));
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

bool begins_as_recording(int descriptor) {
    std::array<char, recording_line.size()> line{};
    return read_some(descriptor, std::as_writable_bytes(std::span(line)), 0) == line.size() &&
           std::ranges::equal(line, recording_line);
}

/// What is newest at a moment.
template <typename Entries>
auto end_of(const Entries& entries, std::size_t moment) {
    return std::ranges::upper_bound(entries, moment, {}, [](const auto& entry) { return entry.moment; });
}

}  // namespace

bool Recording::recognises(const std::filesystem::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return false;
    const bool begins = begins_as_recording(descriptor);
    ::close(descriptor);
    return begins;
}

Recording::Recording(const std::filesystem::path& path)
    : path_(path), descriptor_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
    if (descriptor_ < 0) fail("{}: cannot be opened: {}", path_.string(), std::strerror(errno));
    try {
        if (!begins_as_recording(descriptor_)) fail("{}: is not a recording of this version", path_.string());
        whole_ = recording_line.size();
        refresh();
        if (!started_)
            fail("{}: damaged or cut off at byte {}, before the run began", path_.string(), whole_);
    } catch (...) {
        ::close(descriptor_);
        throw;
    }
}

Recording::~Recording() {
    ::close(descriptor_);
}

bool Recording::refresh() {
    struct stat status {};
    if (::fstat(descriptor_, &status) == 0) length_ = static_cast<std::uint64_t>(status.st_size);
    const auto before = whole_;
    while (read_block()) {
    }
    return whole_ != before;
}

bool Recording::read_block() {
    BlockHeader header;
    if (length_ - whole_ < sizeof header) return false;
    if (read_some(descriptor_, std::as_writable_bytes(std::span(&header, 1)), whole_) != sizeof header)
        return false;
    if (header.stored > length_ - whole_ - sizeof header) return false;
    std::vector<std::byte> block(header.stored);
    if (read_some(descriptor_, block, whole_ + sizeof header) != block.size()) return false;
    if (!is_whole(header, block)) return false;
    try {
        take_in(header, block);
    } catch (const Error&) {
        return false;  // written by something else than a recorder: trouble() says where
    }
    whole_ += sizeof header + header.stored;
    return true;
}

void Recording::take_in(const BlockHeader& header, std::span<const std::byte> block) {
    // A run begins with Started; anything before it belongs nowhere.
    if (moments_.empty() && header.kind != EventKind::started) fail("an event before the start");
    const auto now = moments_.empty() ? Moment{} : moments_.back();
    if (is_picture_kind(header.kind)) {
        if (header.kind == EventKind::plan) {
            // Only the place of a plan tells whether it begins a moment.
            PlanSnapshot place;
            place.stage = static_cast<Stage>(header.stage);
            place.layer = header.first_layer;
            place.step = header.step;
            if (const auto begun = moment_begun_by(std::make_shared<const PlanSnapshot>(place), now))
                moments_.push_back(*begun);
        }
        pictures_[static_cast<std::size_t>(header.kind)].push_back({moments_.size() - 1, whole_, header});
        return;
    }
    auto payload = unpack(header, block);
    if (const auto begun = moment_begun_by(payload, now)) moments_.push_back(*begun);
    const auto moment = moments_.size() - 1;
    if (auto* started = std::get_if<Started>(&payload)) started_ = std::move(*started);
    if (auto* finished = std::get_if<Finished>(&payload)) finished_ = std::move(*finished);
    if (auto* step = std::get_if<TrainingStep>(&payload)) steps_.push_back(*step);
    if (auto* quality = std::get_if<QualitySnapshot>(&payload)) qualities_.push_back(std::move(*quality));
    if (auto* line = std::get_if<LogLine>(&payload)) log_.push_back(std::move(*line));
    if (auto* status = std::get_if<LayerStatus>(&payload)) layers_.push_back({moment, std::move(*status)});
    if (auto* progress = std::get_if<Progress>(&payload)) progress_.push_back({moment, std::move(*progress)});
    if (std::holds_alternative<CheckpointSaved>(payload)) moments_.back().checkpoint = true;
}

std::optional<std::string> Recording::trouble() const {
    if (whole_ == length_) return std::nullopt;
    return fmt::format("{}: damaged or cut off at byte {} of {}; what was recorded before is shown",
                       path_.string(), whole_, length_);
}

const Recording::Place* Recording::find(EventKind kind, std::size_t moment, int layer) const {
    const auto& places = pictures_[static_cast<std::size_t>(kind)];
    for (auto place = end_of(places, moment); place != places.begin();) {
        --place;
        if (kind == EventKind::routing || place->holds(layer)) return &*place;
    }
    return nullptr;
}

template <typename Picture>
std::shared_ptr<const Picture> Recording::picture(EventKind kind, std::size_t moment, int layer) const {
    const auto* place = find(kind, moment, layer);
    if (!place) return nullptr;
    auto& shown = shown_[static_cast<std::size_t>(kind)];
    if (shown.offset != place->offset) {
        const auto block = read(place->offset + sizeof(BlockHeader), place->header.stored);
        try {
            shown = {place->offset, unpack(place->header, block)};
        } catch (const Error& error) {
            fail("{}: damaged at byte {}: {}", path_.string(), place->offset, error.what());
        }
    }
    return std::get<std::shared_ptr<const Picture>>(shown.payload);
}

std::vector<std::byte> Recording::read(std::uint64_t offset, std::size_t size) const {
    std::vector<std::byte> bytes(size);
    if (read_some(descriptor_, bytes, offset) != size) fail("{}: cut off while it was read", path_.string());
    return bytes;
}

std::shared_ptr<const PlanSnapshot> Recording::plan(std::size_t moment, int layer) const {
    return picture<PlanSnapshot>(EventKind::plan, moment, layer);
}
std::shared_ptr<const SinkhornSnapshot> Recording::sinkhorn(std::size_t moment, int layer) const {
    return picture<SinkhornSnapshot>(EventKind::sinkhorn, moment, layer);
}
std::shared_ptr<const LoadSnapshot> Recording::load(std::size_t moment, int layer) const {
    return picture<LoadSnapshot>(EventKind::load, moment, layer);
}
std::shared_ptr<const RoutingSnapshot> Recording::routing(std::size_t moment) const {
    return picture<RoutingSnapshot>(EventKind::routing, moment, 0);
}

std::vector<LayerStatus> Recording::layers(std::size_t moment) const {
    std::vector<LayerStatus> layers(static_cast<std::size_t>(started_->layers));
    for (std::size_t l = 0; l < layers.size(); ++l) layers[l].layer = static_cast<int>(l);
    for (auto entry = layers_.begin(); entry != end_of(layers_, moment); ++entry) {
        const auto l = static_cast<std::size_t>(entry->event.layer);
        if (l < layers.size()) layers[l] = entry->event;
    }
    return layers;
}

std::optional<Progress> Recording::progress(std::size_t moment) const {
    const auto end = end_of(progress_, moment);
    if (end == progress_.begin()) return std::nullopt;
    return std::prev(end)->event;
}

std::optional<std::size_t> Recording::first_plan(int layer) const {
    for (const auto& place : pictures_[static_cast<std::size_t>(EventKind::plan)])
        if (place.holds(layer)) return place.moment;
    return std::nullopt;
}

void save_recording(const std::filesystem::path& recording, std::uint64_t bytes,
                    const std::filesystem::path& target) {
    std::error_code absent;
    if (std::filesystem::equivalent(recording, target, absent))
        fail("{}: is the recording itself: name another file", target.string());
    const MappedFile file(recording);
    if (file.bytes().size() < bytes) fail("{}: became shorter", recording.string());
    AtomicFile copy(target);
    copy.write(file.bytes().first(bytes));
    copy.commit();
}

}  // namespace dotmoe

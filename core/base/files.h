// Files read by mapping and written whole or not at all.
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace dotmoe {

/// A file mapped read-only into memory; the view lives as long as the object. Throws Error when it can't be
/// opened.
class MappedFile {
  public:
    explicit MappedFile(const std::filesystem::path& path);
    ~MappedFile();
    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;

    std::span<const std::byte> bytes() const { return bytes_; }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    std::span<const std::byte> bytes_;
};

/// Writes to a temporary sibling; commit() flushes it to disk and renames it over the target. Without
/// commit() (an exception, a cancel) the temporary is removed and the old file stays; of a process that was
/// killed it is removed by the next that writes the same target. Throws Error naming the path and the cause.
class AtomicFile {
  public:
    explicit AtomicFile(std::filesystem::path target);
    ~AtomicFile();
    AtomicFile(const AtomicFile&) = delete;
    AtomicFile& operator=(const AtomicFile&) = delete;

    void write(std::span<const std::byte> bytes);
    void write(std::string_view text);
    void commit();

  private:
    void open();

    std::filesystem::path target_, temporary_;
    int descriptor_ = -1;  ///< locked while it is open: whose lock is gone was left behind
};

void write_file_atomically(const std::filesystem::path& target, std::string_view text);

/// The whole file as text. Throws Error when it can't be read.
std::string read_text_file(const std::filesystem::path& path);

/// Creates the directory and proves that a file can be written in it; throws Error saying why not.
void ensure_writable_directory(const std::filesystem::path& directory);

}  // namespace dotmoe

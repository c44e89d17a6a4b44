// Lines of a text file, plain or gzipped, one at a time: the file is never held whole.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

struct gzFile_s;

namespace dotmoe {

class TextLines {
  public:
    /// Throws Error when the file can't be opened.
    explicit TextLines(const std::filesystem::path& path);

    /// The next line without its end (LF or CR LF); none after the last. Throws Error when the file can't be
    /// read, its gzip data are damaged or cut short, or a line has more than 1 MiB.
    std::optional<std::string> next();
    /// "FILE:LINE" of the line given last, as error messages begin.
    std::string where() const;
    std::int64_t number() const { return number_; }  ///< of the line given last; the first is 1

  private:
    struct Close {
        void operator()(gzFile_s* file) const;
    };
    void fill();

    std::filesystem::path path_;
    std::unique_ptr<gzFile_s, Close> file_;
    std::string buffer_;  ///< read and not given yet, from begin_ on
    std::size_t begin_ = 0;
    std::int64_t number_ = 0;
};

}  // namespace dotmoe

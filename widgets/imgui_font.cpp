#include "widgets/imgui_font.h"

#include <QList>
#include <QRawFont>
#include <QtEndian>
#include <utility>

namespace dotmoe {
namespace {

void append16(QByteArray& file, quint16 value) {
    value = qToBigEndian(value);
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
}

void append32(QByteArray& file, quint32 value) {
    value = qToBigEndian(value);
    file.append(reinterpret_cast<const char*>(&value), sizeof value);
}

}  // namespace

QByteArray fontFile(const QFont& font) {
    const QRawFont raw = QRawFont::fromFont(font);
    QList<std::pair<const char*, QByteArray>> tables;  // in the order of their tags
    for (const char* tag : {"CFF ", "cmap", "glyf", "head", "hhea", "hmtx", "kern", "loca", "maxp"}) {
        if (const QByteArray table = raw.fontTable(tag); !table.isEmpty()) tables.append({tag, table});
    }
    const auto has = [&](const char* tag) {
        return std::ranges::any_of(tables, [&](const auto& table) { return qstrcmp(table.first, tag) == 0; });
    };
    const bool cff = has("CFF ");
    if (!has("cmap") || !has("head") || !has("hhea") || !has("hmtx") || !has("maxp")) return {};
    if (!cff && !(has("glyf") && has("loca"))) return {};

    QByteArray file;
    append32(file, cff ? 0x4f54544f : 0x00010000);  // sfntVersion: 'OTTO' or 1.0
    append16(file, static_cast<quint16>(tables.size()));
    for (int i = 0; i < 3; ++i)
        append16(file, 0);  // searchRange, entrySelector, rangeShift: nobody reads them
    auto offset = static_cast<quint32>(12 + 16 * tables.size());
    for (const auto& [tag, table] : tables) {
        file.append(tag, 4);
        append32(file, 0);  // checksum: nobody reads it
        append32(file, offset);
        append32(file, static_cast<quint32>(table.size()));
        offset += (static_cast<quint32>(table.size()) + 3) & ~3U;
    }
    for (const auto& [tag, table] : tables) {
        file.append(table);
        file.append((4 - table.size() % 4) % 4, '\0');
    }
    return file;
}

}  // namespace dotmoe

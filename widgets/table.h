// The twin of a picture: the same numbers as rows, for screen readers, spreadsheets and scripts.
#pragma once

#include <QByteArray>
#include <QStringList>
#include <vector>

class QAbstractItemModel;

namespace dotmoe {

struct Table {
    QStringList header;
    std::vector<QStringList> rows;  ///< each as long as the header
};

/// What a view of the model shows.
Table tableOf(const QAbstractItemModel& model);

/// UTF-8, RFC 4180: comma, CRLF, quotes where a field needs them.
QByteArray toCsv(const Table& table);

/// As many digits as tell a float from its neighbours, always with a point; empty for NaN.
QString csvNumber(double value);

}  // namespace dotmoe

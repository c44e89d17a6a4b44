#include "widgets/table.h"

#include <QAbstractItemModel>
#include <cmath>

namespace dotmoe {
namespace {

QString field(QString text) {
    const bool plain = !text.contains(u'"') && !text.contains(u',') && !text.contains(u'\n') &&
                       !text.contains(u'\r') && text.trimmed() == text;
    if (plain) return text;
    return u'"' + text.replace(u'"', QStringLiteral("\"\"")) + u'"';
}

QString line(const QStringList& fields) {
    QStringList quoted;
    for (const auto& each : fields) quoted << field(each);
    return quoted.join(u',') + QStringLiteral("\r\n");
}

}  // namespace

Table tableOf(const QAbstractItemModel& model) {
    Table table;
    for (int column = 0; column < model.columnCount(); ++column)
        table.header << model.headerData(column, Qt::Horizontal).toString();
    for (int row = 0; row < model.rowCount(); ++row) {
        QStringList fields;
        for (int column = 0; column < model.columnCount(); ++column)
            fields << model.index(row, column).data().toString();
        table.rows.push_back(std::move(fields));
    }
    return table;
}

QByteArray toCsv(const Table& table) {
    QString text = line(table.header);
    for (const auto& row : table.rows) text += line(row);
    return text.toUtf8();
}

QString csvNumber(double value) {
    return std::isnan(value) ? QString() : QString::number(value, 'g', 9);
}

}  // namespace dotmoe

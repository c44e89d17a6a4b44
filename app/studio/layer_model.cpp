#include "app/studio/layer_model.h"

#include <array>

namespace dotmoe::studio {
namespace {

/// The shape says the state too, so that colour is never alone.
QString badge_text(LayerState state) {
    switch (state) {
        case LayerState::dense:
            return LayerModel::tr("○ dense");
        case LayerState::aligning:
            return LayerModel::tr("◐ aligning");
        case LayerState::done:
            return LayerModel::tr("● done");
        case LayerState::refused:
            return LayerModel::tr("✕ refused");
    }
    return {};
}

QString figure(double value, int digits) {
    return value < 0 ? QStringLiteral("–") : QString::number(value, 'f', digits);
}

QString cell_text(const LayerStatus& status, int column) {
    switch (column) {
        case LayerModel::layer:
            return QString::number(status.layer);
        case LayerModel::badge:
            return badge_text(status.state);
        case LayerModel::error:
            return figure(status.error, 3);
        case LayerModel::load:
            return figure(status.load_max, 1);
        case LayerModel::dead:
            return status.load_max < 0 ? QStringLiteral("–") : QString::number(status.dead);
        default:
            return {};
    }
}

}  // namespace

void LayerModel::reset(int layers) {
    beginResetModel();
    m_layers.assign(static_cast<std::size_t>(std::max(layers, 0)), {});
    for (int row = 0; row < layers; ++row) m_layers[static_cast<std::size_t>(row)].layer = row;
    endResetModel();
}

void LayerModel::update(const LayerStatus& status) {
    if (status.layer < 0 || status.layer >= rowCount()) return;
    auto& shown = m_layers[static_cast<std::size_t>(status.layer)];
    // Views measure and paint what is said to be new: a replay tells of every layer at every moment.
    if (shown == status) return;
    shown = status;
    emit dataChanged(index(status.layer, 0), index(status.layer, columns - 1));
}

int LayerModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_layers.size());
}

int LayerModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns;
}

QVariant LayerModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    const auto& of = status(index.row());
    switch (role) {
        case Qt::DisplayRole:
            return cell_text(of, index.column());
        case Qt::ToolTipRole:
            return of.note.empty() ? QVariant() : QString::fromStdString(of.note);
        case Qt::TextAlignmentRole:
            return QVariant(Qt::AlignVCenter | (index.column() == badge ? Qt::AlignLeft : Qt::AlignRight));
        case Qt::AccessibleTextRole:
            return tr("Layer %1, %2").arg(of.layer).arg(cell_text(of, index.column()));
        default:
            return {};
    }
}

QVariant LayerModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columns) return {};
    static const std::array names{tr("Layer"), tr("State"), tr("Error"), tr("Max load"), tr("Dead")};
    static const std::array tips{
        tr("Layer of the model; the selected one is shown in every tab"),
        tr("Dense, being aligned, done, or refused"), tr("Relative reconstruction error on held-out text"),
        tr("Tokens of the heaviest expert over an even share"), tr("Experts that got no token")};
    if (role == Qt::DisplayRole) return names[static_cast<std::size_t>(section)];
    if (role == Qt::ToolTipRole) return tips[static_cast<std::size_t>(section)];
    return {};
}

}  // namespace dotmoe::studio

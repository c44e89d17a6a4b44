#include "widgets/routing_table_model.h"

#include <QStringList>

#include "widgets/routing_access.h"

namespace dotmoe {
namespace {

QString inWords(const Choice& choice) {
    return QObject::tr("%1 (%2)").arg(choice.expert).arg(choice.probability, 0, 'f', 3);
}

}  // namespace

int RoutingTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() || !m_routing ? 0 : static_cast<int>(m_routing->tokens.size());
}

int RoutingTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columnCountOfTable;
}

QVariant RoutingTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
    if (role == Qt::TextAlignmentRole && index.column() != token && index.column() != others) {
        return QVariant::fromValue(Qt::Alignment(Qt::AlignRight | Qt::AlignVCenter));
    }
    if (role != Qt::DisplayRole) return {};
    const Choice best = bestChoice(*m_routing, m_layer, index.row());
    switch (index.column()) {
        case position:
            return index.row();
        case token:
            return printable(m_routing->tokens[static_cast<std::size_t>(index.row())]);
        case expert:
            return best.expert < 0 ? QVariant(tr("dense")) : QVariant(best.expert);
        case probability:
            return best.expert < 0 ? QVariant() : QVariant(QString::number(best.probability, 'f', 3));
        case divergence:
            return m_kl.size() == m_routing->tokens.size()
                       ? QVariant(QString::number(m_kl[static_cast<std::size_t>(index.row())], 'f', 3))
                       : QVariant();
        case others: {
            QStringList words;
            const auto choices = choicesOf(*m_routing, m_layer, index.row());
            for (std::size_t rank = 1; rank < choices.size() && best.expert >= 0; ++rank)
                words << inWords(choices[rank]);
            return words.join(QStringLiteral(", "));
        }
        default:
            return {};
    }
}

QVariant RoutingTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (role != Qt::DisplayRole || orientation != Qt::Horizontal) return {};
    switch (section) {
        case position:
            return tr("#");
        case token:
            return tr("Token");
        case expert:
            return tr("Best expert");
        case probability:
            return tr("Probability");
        case divergence:
            return tr("KL to dense");
        case others:
            return tr("Other experts");
        default:
            return {};
    }
}

void RoutingTableModel::setSnapshot(std::shared_ptr<const RoutingSnapshot> routing) {
    beginResetModel();
    m_routing = routing && isConsistent(*routing) ? std::move(routing) : nullptr;
    endResetModel();
}

void RoutingTableModel::setLayer(int layer) {
    m_layer = layer;
    if (rowCount() > 0) emit dataChanged(index(0, expert), index(rowCount() - 1, others));
}

void RoutingTableModel::setDivergence(std::vector<double> kl) {
    m_kl = std::move(kl);
    if (rowCount() > 0) emit dataChanged(index(0, divergence), index(rowCount() - 1, divergence));
}

}  // namespace dotmoe

// Conversions as a tree: each fork under the one that it began from.
#pragma once

#include <QAbstractItemModel>
#include <memory>
#include <vector>

#include "pipeline/run_record.h"

namespace dotmoe::studio {

class RunTree : public QAbstractItemModel {
    Q_OBJECT

  public:
    enum Column { name, change, steps, perplexity, kl, columns };

    explicit RunTree(QObject* parent = nullptr);
    ~RunTree() override;

    /// A fork whose parent is not among them is a root. Each folder once.
    void setRuns(const std::vector<RunRecord>& runs);
    const RunRecord& record(const QModelIndex& index) const;
    /// Invalid where it is not among them.
    QModelIndex find(const std::filesystem::path& folder) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& child) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

  private:
    struct Node;

    Node& nodeAt(const QModelIndex& index) const;
    QModelIndex indexOf(const Node& node) const;

    std::unique_ptr<Node> m_root;
};

}  // namespace dotmoe::studio
